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
  it.each(["JST-9", ":/etc/localtime", ""])("(TZ=%s) shows in UTC, and asks in the device's zone", async (TZ) => {
    const env = { ...environment(line.path), TZ };
    const ask = (start: string) =>
      `genkan request vital Shell --start "${start}" --for 1h --reason r --plan p >/dev/null; echo $?`;
    const { out, err } = await shell(`genkan whoami | grep Until; ${ask("tomorrow 09:00")}`, env);
    expect({ out, err }).toEqual({ out: "Until: 2026-03-01 12:00 (UTC)\n0\n", err: "" });
    const { request: jws } = JSON.parse(server.asks("/api/requests")[0]?.body ?? "") as { request: string };
    const { request: asked } = await verifyRequest(jws);
    expect(asked.zone).toBe("Asia/Tokyo");
    expect(asked.windows[0]?.start).toMatch(/T00:00:00.000Z$/);
  });
});
