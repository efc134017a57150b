import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signInByDevice, type UserCode } from "../../../cli/device-flow.ts";
import { login, logout, whoami } from "../../../cli/sign-in.ts";
import { apiAt } from "../../../cli/verb.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { verifyWithJwk } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { EnrolmentProof } from "../../../protocol/statement.ts";
import { version } from "../../../protocol/version.ts";
import { me } from "./facts.ts";
import { type Answer, commandLine, StandIn, token } from "./stand-in.ts";

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  line = commandLine({ json: true });
  server.answers["POST /oauth/device_authorization"] = {
    device_code: "the-device-code",
    user_code: "ABCD-2345",
    verification_uri: `${server.origin}/device`,
    expires_in: 600,
    interval: 1,
  };
  server.answers["GET /api/me"] = me;
});
afterEach(() => {
  server.close();
  line.remove();
});

const success = { access_token: token, token_type: "DPoP", expires_in: 3_600 };
const oauthError =
  (error: string): Answer =>
  (_asked, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error }));
    return undefined;
  };
/** One answer after the other. */
const inTurn =
  (...answers: Answer[]): Answer =>
  (asked, response) => {
    const next = answers.shift() ?? new GenkanError("internal");
    if (next instanceof GenkanError) throw next;
    return typeof next === "function" ? next(asked, response) : next;
  };

/** The flow with waits that are noted and not waited. */
async function flow(): Promise<{ waits: number[]; shown: UserCode[]; result: Promise<object> }> {
  const waits: number[] = [];
  const shown: UserCode[] = [];
  const result = signInByDevice({
    api: apiAt(line.cli, server.origin),
    workstation: { key: line.cli.folder.key("workstation"), label: "bench-7" },
    show: (code) => shown.push(code),
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  await result.catch(() => {});
  return { waits, shown, result };
}

it("says its release with everything that it asks, and tells a person what to install when it is too old", async () => {
  server.answers["POST /oauth/token"] = success;
  await login(line.cli, { portal: server.origin });
  expect(new Set(server.asked.map(({ release }) => release))).toEqual(new Set([version]));
  server.answers["GET /api/me"] = new GenkanError("version-too-old", "install 9.9.9");
  await expect(whoami(line.cli)).rejects.toMatchObject({ code: "version-too-old", detail: "install 9.9.9" });
});

describe("the device flow", () => {
  it("shows the code, polls at the server's interval and returns the token", async () => {
    server.answers["POST /oauth/token"] = inTurn(
      oauthError("authorization_pending"),
      oauthError("authorization_pending"),
      success,
    );
    const { waits, shown, result } = await flow();
    await expect(result).resolves.toMatchObject({ accessToken: token });
    expect(waits).toEqual([1_000, 1_000, 1_000]);
    expect(shown).toMatchObject([{ userCode: "ABCD-2345", verificationUri: `${server.origin}/device` }]);
  });

  const hostile: [string, (origin: string) => string][] = [
    ["a file", () => "file:///etc/passwd"],
    ["a share", () => "\\\\evil.example\\share"],
    ["a share as a file", () => "file://evil.example/share/x.exe"],
    ["an option of the opener", () => "--version"],
    ["another server", () => "https://evil.example/device"],
    ["another port", (origin) => origin.replace(/:\d+$/, ":1")],
    ["the other scheme", (origin) => origin.replace("http:", "https:")],
    ["a user name before another server", (origin) => `${origin}@evil.example/device`],
    ["a user name", (origin) => `${origin.replace("//", "//sato@")}/device`],
    ["a program's own scheme", () => "ms-msdt:/id"],
    ["a script", () => "javascript:alert(1)"],
    ["a bare path", () => "/device"],
    ["nothing", () => ""],
  ];
  it.each(hostile)("is over before anything is shown when the page to open is %s", async (_what, uri) => {
    const answer = server.answers["POST /oauth/device_authorization"] as object;
    server.answers["POST /oauth/device_authorization"] = { ...answer, verification_uri: uri(server.origin) };
    const { shown, waits, result } = await flow();
    await expect(result).rejects.toMatchObject({ code: "internal", detail: expect.stringContaining("not its own") });
    expect([shown, waits]).toEqual([[], []]);
  });

  it("polls five seconds more slowly each time it is told to", async () => {
    server.answers["POST /oauth/token"] = inTurn(oauthError("slow_down"), oauthError("slow_down"), success);
    expect((await flow()).waits).toEqual([1_000, 6_000, 11_000]);
  });

  it.each([
    ["access_denied", "access-denied"],
    ["expired_token", "expired-token"],
    ["invalid_grant", "invalid-grant"],
    ["server_on_fire", "internal"],
  ])("ends at %s", async (error, code) => {
    server.answers["POST /oauth/token"] = oauthError(error);
    const { result, waits } = await flow();
    await expect(result).rejects.toMatchObject({ code });
    expect(waits).toHaveLength(1);
  });

  it("asks again when an answer breaks off", async () => {
    server.answers["POST /oauth/token"] = inTurn((_asked, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write("{");
      setTimeout(() => response.destroy(), 20);
      return undefined;
    }, success);
    const { waits, result } = await flow();
    await expect(result).resolves.toMatchObject({ accessToken: token });
    expect(waits).toEqual([1_000, 2_000]);
  });

  it("gives up when the code has expired, whatever the server goes on to say", async () => {
    Object.assign(server.answers["POST /oauth/device_authorization"] as object, { expires_in: 0 });
    await expect((await flow()).result).rejects.toMatchObject({ code: "expired-token" });
    expect(server.asks("/oauth/token")).toHaveLength(0);
  });

  it("sends forms, keeps the Host, and shows the DPoP key for the token only", async () => {
    server.answers["POST /oauth/token"] = success;
    await flow();
    const [begin] = server.asks("/oauth/device_authorization");
    const [poll] = server.asks("/oauth/token");
    const form = "application/x-www-form-urlencoded";
    expect(begin).toMatchObject({ type: form, host: new URL(server.origin).host, key: null });
    expect(poll).toMatchObject({ type: form, key: jwkThumbprint(publicJwkOf(line.cli.folder.key("dpop").publicKey)) });
    expect(Object.fromEntries(new URLSearchParams(poll?.body))).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: "the-device-code",
      client_id: "genkan-cli",
    });
  });

  it("proves the workstation's key, which is not the DPoP key, for this server", async () => {
    server.answers["POST /oauth/token"] = success;
    await flow();
    const fields = new URLSearchParams(server.asks("/oauth/device_authorization")[0]?.body);
    const proof = fields.get("workstation_proof") ?? "";
    const shown = await verifyWithJwk("genkan/enrolment/v1", EnrolmentProof, proof, "proof-invalid");
    expect(shown.payload).toMatchObject({ origin: server.origin, subject: "device-authorization" });
    expect([...fields.keys()].sort()).toEqual(["client_id", "workstation_label", "workstation_proof"]);
    expect(fields.get("workstation_label")).toBe("bench-7");
    const { folder } = line.cli;
    expect(shown.thumbprint).toBe(jwkThumbprint(publicJwkOf(folder.key("workstation").publicKey)));
    expect(shown.thumbprint).not.toBe(jwkThumbprint(publicJwkOf(folder.key("dpop").publicKey)));
  });

  it("sets itself right when this computer's clock is wrong", async () => {
    server.skewMs = 600_000;
    server.answers["POST /oauth/token"] = success;
    const authorization = server.answers["POST /oauth/device_authorization"] as object;
    const told: number[] = [];
    server.answers["POST /oauth/device_authorization"] = (asked) => {
      const proof = new URLSearchParams(asked.body).get("workstation_proof") ?? "";
      const { issuedAt } = JSON.parse(Buffer.from(proof.split(".")[1] ?? "", "base64url").toString()) as EnrolmentProof;
      told.push(Math.abs(Math.round((Date.parse(issuedAt) - Date.now()) / 60_000)));
      if (told.length === 1) throw new GenkanError("proof-invalid");
      return authorization;
    };
    await expect((await flow()).result).resolves.toMatchObject({ accessToken: token });
    expect(told).toEqual([0, 10]);
  });
});

describe("a server that does not believe the workstation", () => {
  it("is asked once only when the clocks agree", async () => {
    server.answers["POST /oauth/device_authorization"] = new GenkanError("proof-invalid");
    await expect((await flow()).result).rejects.toMatchObject({ code: "proof-invalid" });
    expect(server.asks("/oauth/device_authorization")).toHaveLength(1);
  });
});

describe("genkan login", () => {
  it("keeps token and keys in files of the owner alone, and says who signed in", async () => {
    server.answers["POST /oauth/token"] = success;
    await expect(login(line.cli, { portal: server.origin })).resolves.toBe(0);
    expect(line.objects()).toMatchObject([
      { event: "code", userCode: "ABCD-2345", verificationUri: `${server.origin}/device` },
      { event: "signed-in", origin: server.origin, me: { person: me.person } },
    ]);
    const mode = (file: string) => statSync(join(line.path, "cli", file)).mode & 0o777;
    expect([mode(""), mode("dpop.key"), mode("workstation.key"), mode("profile.json")]).toEqual([
      0o700, 0o600, 0o600, 0o600,
    ]);
    await expect(whoami(line.cli)).resolves.toBe(0);
    expect(line.objects().at(-1)).toMatchObject({ origin: server.origin, me: { person: me.person } });
  });

  it("opens the page without the code, and says which code to type and whose terminal it must be", async () => {
    server.answers["POST /oauth/token"] = success;
    const live = commandLine({ live: true });
    await login(live.cli, { portal: server.origin });
    expect(live.pages).toEqual([`${server.origin}/device`]);
    const lines = live.said.err + live.said.out;
    for (const said of ["type this code there", "  ABCD-2345\n", "only if you started this sign-in here yourself"])
      expect(lines).toContain(said);
    live.remove();
  });

  it.each([13, -13])("holds for as long as the server says on a computer %d h off", async (hours) => {
    server.answers["POST /oauth/token"] = success;
    const cli = { ...line.cli, now: () => Date.now() + hours * 3_600_000 };
    await expect(login(cli, { portal: server.origin })).resolves.toBe(0);
    await expect(whoami(cli)).resolves.toBe(0);
    const later = { ...cli, now: () => cli.now() + 3_600_001 };
    await expect(whoami(later)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("shows staff without a workstation", async () => {
    server.answers["POST /oauth/token"] = success;
    await login(line.cli, { staff: server.origin });
    expect([...new URLSearchParams(server.asks("/oauth/device_authorization")[0]?.body).keys()]).toEqual(["client_id"]);
    expect(line.cli.folder.profile()).toMatchObject({
      current: server.origin,
      origins: { [server.origin]: { face: "staff" } },
    });
  });

  it("takes --origin for a server that it knows, and keeps its face", async () => {
    server.answers["POST /oauth/token"] = success;
    line.signIn(server.origin, "staff");
    await expect(login({ ...line.cli, origin: server.origin }, {})).resolves.toBe(0);
    expect(server.asks("/oauth/device_authorization")[0]?.body).not.toContain("workstation");
    expect(line.cli.folder.profile().origins[server.origin]?.face).toBe("staff");
  });

  it("does not guess whether a server is the portal or the staff's", async () => {
    await expect(login({ ...line.cli, origin: server.origin }, {})).rejects.toMatchObject({
      key: "login-face-missing",
      values: { origin: server.origin },
    });
    expect(server.asked).toHaveLength(0);
  });

  it.each([
    { portal: "https://portal.example", staff: "https://staff.example" },
    { portal: "https://portal.example", origin: "https://staff.example" },
    { staff: "https://staff.example", origin: "https://staff.example" },
  ])("takes one server, not %j", async ({ origin, ...options }) => {
    await expect(login({ ...line.cli, origin }, options)).rejects.toMatchObject({ key: "login-servers" });
  });

  it("stops when it is interrupted", async () => {
    server.answers["POST /oauth/token"] = oauthError("authorization_pending");
    const signing = login(line.cli, { portal: server.origin });
    line.interrupt();
    await expect(signing).rejects.toMatchObject({ name: "AbortError" });
    expect(line.cli.folder.token(server.origin)).toBeNull();
  });

  it.each([
    "portal.example",
    "http://portal.example",
    "https://portal.example/path",
    "ftp://portal.localhost",
    "https://me@portal.example",
  ])("does not take %s for a server", async (portal) => {
    await expect(login(line.cli, { portal })).rejects.toMatchObject({ name: "UsageError", key: "origin-invalid" });
  });
});

describe("genkan logout", () => {
  it("forgets the token even when the server can't be told", async () => {
    line.signIn(server.origin);
    await expect(logout(line.cli)).resolves.toBe(0);
    expect(line.cli.folder.token(server.origin)).toBeNull();
    await expect(whoami(line.cli)).rejects.toMatchObject({ code: "unauthenticated" });
  });
});
