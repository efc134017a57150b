import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyRequest } from "../../../crypto/access-request.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { device, idOf, me, request } from "./facts.ts";
import { environment, shell } from "./program.ts";
import { commandLine, StandIn } from "./stand-in.ts";

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  line = commandLine();
  line.signIn(server.origin);
  const thumbprints = [jwkThumbprint(publicJwkOf(line.cli.folder.key("workstation").publicKey))];
  server.answers["GET /api/me"] = { ...me, workstation: { id: idOf("workstation"), label: "bench-7", thumbprints } };
  server.answers["GET /api/devices"] = { devices: [device()] };
  server.answers["POST /api/requests"] = request();
});
afterEach(() => {
  server.close();
  line.remove();
});

describe("a computer whose time zone has no name", () => {
  it.each(["JST-9", ":/etc/localtime", ""])(
    "(TZ=%s) shows and asks in UTC, and does not guess a wall time",
    async (TZ) => {
      const env = { ...environment(line.path), TZ };
      const ask = (start: string) =>
        `genkan request "Vital Monitor" Shell --start ${start} --end +1h --reason r --plan p >/dev/null; echo $?`;
      const { out, err } = await shell(`genkan whoami | grep Until; ${ask("now")}; ${ask("2026-03-01T09:00")}`, env);
      expect(out).toBe("Until: 2026-03-01 12:00 (UTC)\n0\n2\n");
      expect(err).toContain('genkan: "2026-03-01T09:00" is of which zone?');
      const bodies = server.asks("/api/requests").map(({ body }) => JSON.parse(body) as { request: string });
      const asked = await Promise.all(bodies.map(async ({ request: jws }) => (await verifyRequest(jws)).request));
      expect(asked).toMatchObject([{ zone: "UTC" }]);
    },
  );
});
