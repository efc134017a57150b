import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { request } from "../../../cli/request.ts";
import { verifyRequest } from "../../../crypto/access-request.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { device, idOf, me, request as requestView } from "../../component/cli/facts.ts";
import { commandLine, StandIn } from "../../component/cli/stand-in.ts";

/** Whoever owns the authority says to a computer what they like; here the command line asks them. */
describe("an authority that lies to a computer which asks", () => {
  let server: StandIn;
  let line: ReturnType<typeof commandLine>;
  const own = () => jwkThumbprint(publicJwkOf(line.cli.folder.key("workstation").publicKey));
  const thief = jwkThumbprint(publicJwkOf(createProgramKey().publicKey));

  beforeEach(async () => {
    server = await new StandIn().listen();
    line = commandLine({ json: true });
    line.signIn(server.origin);
    server.answers["GET /api/devices"] = { devices: [device()] };
    server.answers["POST /api/requests"] = requestView();
  });
  afterEach(() => {
    server.close();
    line.remove();
  });

  /** What the computer signed after it was told that these are its keys. */
  async function signedFor(thumbprints: string[]): Promise<string[] | null> {
    const workstation = { id: idOf("workstation"), label: "bench-7", thumbprints };
    server.answers["GET /api/me"] = { ...me, workstation };
    const before = server.asks("/api/requests").length;
    const said = { start: "now", until: "+1h", zone: "UTC", reason: "Firmware", plan: "1. Update" };
    await request(line.cli, { device: "Vital Monitor", services: ["Shell"], ...said }).catch(() => {});
    const sent = server.asks("/api/requests").slice(before);
    if (sent.length === 0) return null;
    const { request: signed } = JSON.parse(sent[0]?.body ?? "") as { request: string };
    return (await verifyRequest(signed)).request.workstation.thumbprints;
  }

  test("slips no key of its own into what that computer signs", async () => {
    expect(await signedFor([own()])).toEqual([own()]);
    expect(await signedFor([thief, own()])).toEqual([own()]);
    expect(await signedFor([own(), thief])).toEqual([own()]);
    expect(await signedFor([thief])).toBeNull();
    expect(await signedFor([])).toBeNull();
  });
});
