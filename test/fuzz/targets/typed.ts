import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Compile } from "typebox/compile";
import { checkHosts } from "../../../authority/hosts.ts";
import { parseHostPort, parsePort } from "../../../bin/address.ts";
import { parseRequirements } from "../../../bin/authority/requirement-option.ts";
import { parseService } from "../../../bin/authority/service-option.ts";
import { parseOrigin } from "../../../cli/http.ts";
import { StateFolder } from "../../../cli/state-folder.ts";
import { UsageError } from "../../../cli/usage-error.ts";
import { parseTime, parseZone } from "../../../cli/zoned-time.ts";
import { gatewayConfig } from "../../../gateway/config.ts";
import { Requirements } from "../../../protocol/approvers.ts";
import { Instant } from "../../../protocol/schema.ts";
import { Service } from "../../../protocol/service.ts";
import { asPin } from "../../brand.ts";
import { ed25519, id, jsonBytes, later, now, pemOf, programKey, token } from "../fixture.ts";
import { json } from "../shape/json.ts";
import { mix, under } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target, type Verdict } from "../target.ts";

/** A usage error is the command line's own refusal: its key is the verdict. */
function usage(act: () => void): Verdict {
  try {
    act();
    return accepted;
  } catch (error) {
    if (error instanceof UsageError) return error.key;
    throw error;
  }
}

const hostPortWords = ["[", "]", ":", "::1", "%eth0", "0.0.0.0", ":0", ":65535", ":65536", ":00443", "localhost", "*"];

export const hostPort: Target = {
  name: "host-port",
  parsers: ["bin/address.ts (parseHostPort, parseTarget, parsePort)", "gateway/config.ts"],
  holds: "written again it is the same text; a gateway's configuration takes it",
  shape: text,
  words: hostPortWords,
  verdicts: ["bad-request"],
  most: 512,
  seeds: () =>
    Object.fromEntries(
      ["gateway.example.org:443", "0.0.0.0:443", "[::]:443", "127.0.0.1:0", "[fd00::7]:8443"].map((one, at) => [
        `${at}`,
        one,
      ]),
    ),
  open: () => {
    const own = programKey("gateway");
    return {
      execute: (input) => {
        const given = input.toString("utf8");
        const { host, port } = parseHostPort(given, "HOST:PORT");
        const again = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
        hold(again === given || again === given.replace(/:0+(\d)/, ":$1"), `it was read as ${again}`);
        hold(parsePort(String(port)) === port && port <= 65_535, "no port");
        const authorityKey = token("authority");
        gatewayConfig({
          listenHost: host,
          listenPort: port,
          programKey: own,
          authorityKey: asPin(authorityKey),
          loopbackHttp: false,
        });
        return accepted;
      },
    };
  },
};

const service = Compile(Service);

export const serviceOption: Target = {
  name: "service-option",
  parsers: ["bin/authority/service-option.ts", "protocol/service-text.ts"],
  holds: "it is a service that a grant may name, at an IP literal",
  shape: text,
  words: [...hostPortWords, ":ssh:", ":http:", "https", "+self-signed", "+old-tls"],
  verdicts: ["bad-request"],
  most: 512,
  seeds: () => ({
    ssh: "shell:ssh:10.20.0.7:22",
    forgiven: "page:https+self-signed+old-tls:10.20.0.7:443",
    http: "ナースコール 管理:http:192.168.7.20:8080",
    ipv6: "page:https:[fd00::7]:443",
  }),
  open: () => ({
    execute: (input) => {
      const read = parseService(input.toString("utf8"));
      hold(service.Check({ id: id("service"), ...read }), "no grant can name it");
      hold(isIP(read.address) !== 0, "no IP literal");
      return accepted;
    },
  }),
};

const requirements = Compile(Requirements);

export const requirementOption: Target = {
  name: "requirement-option",
  parsers: ["bin/authority/requirement-option.ts"],
  holds: "it is whom a list of approvers may require, and written again it is the same text",
  shape: text,
  words: ["approver", "officer", "administrator", ":1", ":4", "|", ","],
  verdicts: ["bad-request"],
  most: 512,
  seeds: () => ({ one: "approver:1", both: "approver:1,officer:1", either: "approver|officer:2,administrator:1" }),
  open: () => ({
    execute: (input) => {
      const given = input.toString("utf8");
      const read = parseRequirements(given);
      hold(requirements.Check(read), "no list can require it");
      hold(read.map(({ roles, persons }) => `${roles.join("|")}:${persons}`).join(",") === given, "another text");
      return accepted;
    },
  }),
};

export const origin: Target = {
  name: "origin",
  parsers: ["cli/http.ts (parseOrigin)"],
  holds: "it is an origin: https, or http to this computer; read again it is itself",
  shape: text,
  words: [
    "https://",
    "http://",
    "localhost",
    ".localhost",
    "127.0.0.1",
    "@",
    "#",
    "?",
    "/",
    "%2f",
    "0x7f.1",
    "[::1]",
    ":443",
  ],
  verdicts: ["origin-invalid"],
  most: 512,
  seeds: () => ({
    https: "https://portal.example.org",
    port: "https://portal.example.org:8443/",
    local: "http://portal.localhost:7443",
    loopback: "http://127.0.0.1:7443",
  }),
  open: () => ({
    execute: (input) =>
      usage(() => {
        const read = parseOrigin(input.toString("utf8"));
        hold(parseOrigin(read) === read, "read again it is another");
        const { protocol, hostname, origin: own } = new URL(read);
        hold(own === read, "it is more than an origin");
        const here = hostname === "127.0.0.1" || hostname === "localhost" || hostname.endsWith(".localhost");
        hold(protocol === "https:" || here, "in the clear");
      }),
  }),
};

const instant = Compile(Instant);
const zones = ["Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC", "Africa/Monrovia"];

export const time: Target = {
  name: "time",
  parsers: ["cli/zoned-time.ts"],
  holds: "it is an instant of the wire's form",
  shape: under(1, text),
  words: [
    "+24h",
    "+9999m",
    "Z",
    "+14:00",
    "-12:00",
    "T24:00",
    "T23:59:59",
    "2026-02-29",
    "0000-01-01",
    "9999-12-31",
    " ",
    "now",
  ],
  verdicts: ["zone-unknown", "time-invalid", "time-unclear", "time-skipped", "time-twice"],
  most: 256,
  seeds: () => ({
    now: "Asia/Tokyo\nnow",
    relative: "Asia/Tokyo\n+90m",
    wall: "Asia/Tokyo\n2026-03-01T09:00",
    offset: "Europe/Berlin\n2026-03-01 09:00:30+01:00",
    zulu: "UTC\n2026-03-01T09:00Z",
    skipped: "Europe/Berlin\n2026-03-29T02:30",
    repeated: "Europe/Berlin\n2026-10-25T02:30",
    ...Object.fromEntries(zones.map((zone) => [`in-${zone.replace("/", "-")}`, `${zone}\n2011-12-30T12:00`])),
  }),
  open: () => ({
    execute: (input) => {
      const [zone = "", ...rest] = input.toString("utf8").split("\n");
      return usage(() => {
        const read = parseTime(rest.join("\n"), parseZone(zone), { nowMs: now.getTime() });
        hold(instant.Check(read), `${read} is no instant`);
      });
    },
  }),
};

const profile = {
  current: "https://portal.example.org",
  origins: {
    "https://portal.example.org": { face: "portal", ca: null },
    "http://staff.localhost:7444": { face: "staff", ca: null },
  },
};

/** First line: which file of the folder. */
export const stateFolder: Target = {
  name: "state-folder",
  replayed: 1_000,
  parsers: ["cli/state-folder.ts", "protocol/cli-state.ts", "crypto/program-key.ts"],
  holds: "profile and token are of their schema, a key is Ed25519; a damaged token is none",
  shape: under(1, mix([3, json], [1, text])),
  words: ["-----BEGIN PRIVATE KEY-----", "accessToken", "expiresAt", "__proto__"],
  verdicts: ["profile-malformed", "no token"],
  most: 8_192,
  seeds: () => ({
    profile: `profile\n${JSON.stringify(profile, null, 2)}`,
    token: `token\n${JSON.stringify({ accessToken: token("access"), expiresAt: later(1_000) })}`,
    key: `key\n${pemOf(ed25519("workstation"))}`,
  }),
  open: () => {
    const path = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "genkan-fuzz-"));
    const state = new StateFolder(path);
    const server = "https://portal.example.org";
    state.keepToken(server, { accessToken: "x", expiresAt: later(0) });
    const tokenFile = join(path, tokenName(path));
    return {
      execute: (input) => {
        const end = Math.max(0, input.indexOf(10));
        const kind = input.toString("latin1", 0, end);
        const file = kind === "token" ? tokenFile : join(path, kind === "key" ? "dpop.key" : "profile.json");
        writeFileSync(file, input.subarray(end + 1), { mode: 0o600 });
        let none = false;
        const verdict = usage(() => {
          if (kind === "token") none = state.token(server) === null;
          else if (kind === "key") hold(state.key("dpop").publicKey.asymmetricKeyType === "ed25519", "another key");
          else
            hold(
              Object.values(state.profile().origins).every(({ face }) => face === "portal" || face === "staff"),
              "face",
            );
        });
        return none ? "no token" : verdict;
      },
      close: () => rmSync(path, { recursive: true, force: true }),
    };
  },
};

function tokenName(path: string): string {
  const name = readdirSync(path).find((file) => file.startsWith("token-"));
  if (!name) throw new Error("The folder keeps its token elsewhere.");
  return name;
}

export const hosts: Target = {
  name: "hosts",
  parsers: ["authority/hosts.ts (checkHosts)"],
  holds: "portal and staff are origins, the access domain a host name, and none lies within another",
  shape: mix([3, json], [1, text]),
  words: ["https://", "http://", ".localhost", "access.example.net", ".", "@", "/", ":443", "[::1]"],
  verdicts: ["bad-request", "not of its type"],
  most: 2_048,
  seeds: () => ({
    hospital: jsonBytes({
      portal: "https://portal.example.org",
      staff: "https://staff.hospital.example",
      accessDomain: "access.example.net",
      accessPort: null,
    }),
    demo: jsonBytes({
      portal: "http://portal.localhost:7443",
      staff: "http://staff.localhost:7444",
      accessDomain: "access.localhost",
      accessPort: 7_443,
    }),
  }),
  open: () => ({
    execute: (input) => {
      const given = hostsIn(input);
      if (!given) return "not of its type";
      const { portal, staff, accessDomain } = checkHosts(given);
      const names = [new URL(portal).hostname, new URL(staff).hostname, accessDomain];
      hold(new URL(portal).origin === portal && new URL(staff).origin === staff, "no origin");
      hold(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(accessDomain), `${accessDomain} is no host name`);
      hold(
        names.every((a, i) => names.every((b, j) => i === j || (a !== b && !a.endsWith(`.${b}`)))),
        "they overlap",
      );
      return accepted;
    },
  }),
};

function hostsIn(input: Buffer): Parameters<typeof checkHosts>[0] | undefined {
  try {
    const { portal, staff, accessDomain, accessPort } = JSON.parse(input.toString("utf8")) as Record<string, unknown>;
    if (typeof portal !== "string" || typeof staff !== "string" || typeof accessDomain !== "string") return undefined;
    return { portal, staff, accessDomain, accessPort: typeof accessPort === "number" ? accessPort : null };
  } catch {
    return undefined;
  }
}
