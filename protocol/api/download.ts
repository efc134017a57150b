import Type from "typebox";
import { Count, OneOf, Strict } from "../schema.ts";
import { Release } from "../version.ts";

/** Where a command line runs, as it stands in the file's name. */
export const downloadSystems = ["linux-x64", "linux-arm64", "windows-x64"] as const;

/** `genkan-0.1.0-linux-x64`, `genkan-0.1.0-windows-x64.exe`: as packaging names them. */
export const downloadName =
  /^genkan-(\d{1,4}\.\d{1,4}\.\d{1,4})-(linux-x64|linux-arm64|windows-x64(?=\.exe$))(?:\.exe)?$/;

/** A command line that the portal offers. */
export const DownloadView = Strict({
  name: Type.String({ pattern: downloadName.source }),
  version: Release,
  system: OneOf(downloadSystems),
  bytes: Count,
  /** SHA-256 in hexadecimal, as `sha256sum` and `Get-FileHash` show it. */
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
});
export type DownloadView = Type.Static<typeof DownloadView>;

/** GET /api/downloads. */
export const DownloadList = Strict({ downloads: Type.Array(DownloadView) });
export type DownloadList = Type.Static<typeof DownloadList>;
/** GET /api/downloads/:id, whose id is the name. */
export const DownloadPath = Strict({ id: Type.String({ pattern: downloadName.source }) });
