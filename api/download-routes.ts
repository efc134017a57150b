import { DownloadList, DownloadPath } from "../protocol/api/download.ts";
import type { Downloads } from "./downloads.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

const portal = ["portal"] as const;

/** The command line, for whoever is signed in at the portal: it is no secret, but it is large. */
export function downloadRoutes(downloads: Downloads): Endpoint[] {
  return [
    endpoint({
      method: "GET",
      url: "/api/downloads",
      faces: portal,
      permission: "signed-in",
      audit: "page.read",
      reply: DownloadList,
      handle: async () => ({ downloads: downloads.list() }),
    }),
    endpoint({
      method: "GET",
      url: "/api/downloads/:id",
      faces: portal,
      permission: "signed-in",
      audit: "page.read",
      params: DownloadPath,
      reply: null,
      handle: async ({ params, reply }) => {
        const { view, bytes } = downloads.read(params.id);
        reply
          .type("application/octet-stream")
          .header("content-disposition", `attachment; filename="${view.name}"`)
          .header("content-length", view.bytes)
          // RFC 9530: what arrives can be compared with it.
          .header("repr-digest", `sha-256=:${Buffer.from(view.sha256, "hex").toString("base64")}:`);
        return bytes;
      },
    }),
  ];
}
