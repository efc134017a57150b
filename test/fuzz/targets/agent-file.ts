import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseAllowList } from "../../../agent/allow-list.ts";
import { readApproverList } from "../../../agent/approver-list.ts";
import { DeviceCertificates } from "../../../agent/device-certificates.ts";
import { readJoined } from "../../../agent/joined.ts";
import { Spool } from "../../../agent/spool.ts";
import { summaryOf } from "../../../agent/trust.ts";
import { canSealTo } from "../../../crypto/seal-key.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { fingerprint } from "../../../crypto/thumbprint.ts";
import { readAddress } from "../../../protocol/address.ts";
import { networkOf } from "../../../protocol/network.ts";
import { asHash } from "../../brand.ts";
import {
  approvers,
  approversBytes,
  authority,
  ed25519,
  id,
  jsonBytes,
  later,
  now,
  pemOf,
  token,
  x25519,
} from "../fixture.ts";
import { json } from "../shape/json.ts";
import { lines } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const addressWords = [
  "::",
  "::ffff:",
  ":",
  ".",
  "%lo",
  "0x7f",
  "127.0.0.1",
  "169.254.1.1",
  "64:ff9b::",
  "fe80::",
  "2002:",
  "0177.1",
  "255",
  "256",
];

export const address: Target = {
  name: "address",
  parsers: ["protocol/address.ts"],
  holds: "the system takes it for an IP address too; its one spelling reads as itself and as the same kind",
  shape: text,
  words: addressWords,
  verdicts: ["no address"],
  most: 64,
  seeds: () =>
    Object.fromEntries(
      [
        "10.20.0.7",
        "127.0.0.1",
        "::1",
        "fd00::7",
        "::ffff:10.0.0.1",
        "2001:db8:0:0:1::1",
        "fe80::1",
        "169.254.1.1",
        "0.0.0.0",
      ].map((one, at) => [`${at}`, one]),
    ),
  open: () => ({
    execute: (input) => {
      const given = input.toString("utf8");
      const read = readAddress(given);
      if (!read) return "no address";
      hold(isIP(given) !== 0, "the system knows no such address");
      const again = readAddress(read.canonical);
      hold(
        again?.canonical === read.canonical && again.kind === read.kind,
        "its one spelling reads as another address",
      );
      return accepted;
    },
  }),
};

/** What a budget is kept for: the system's own spelling of an address goes in. */
export const network: Target = {
  name: "network",
  parsers: ["protocol/network.ts"],
  holds: "one network for all addresses with the same first 64 bits, and another for each other; IPv4 by itself",
  shape: text,
  words: addressWords,
  verdicts: ["no address"],
  most: 64,
  seeds: () => ({
    four: "10.20.0.7",
    mapped: "::ffff:10.0.0.1",
    six: "2001:db8:0:1:2:3:4:5",
    short: "2001:db8::1",
    loopback: "::1",
  }),
  open: () => ({
    execute: (input) => {
      const given = input.toString("utf8");
      const of = networkOf(given);
      const read = readAddress(given);
      if (!read || isIP(given) === 0) return "no address";
      const groups = read.canonical.split(":");
      const [a, b, c, d] = groups;
      const spelled = groups.length === 1 ? given : (URL.parse(`http://[${given}]`)?.hostname.slice(1, -1) ?? "");
      const dotted = groups.length === 1 ? networkOf(`::ffff:${read.canonical}`) : undefined;
      if (dotted !== undefined) hold(dotted === read.canonical, "mapped into IPv6 it is another network");
      else {
        hold(networkOf(spelled) === `${a}:${b}:${c}:${d}::/64`, `${spelled} is in ${networkOf(spelled)}`);
        hold(of.length < 64, "it grows");
      }
      return accepted;
    },
  }),
};

/** What the parser says instead of a list; the rest of the text names the place. */
const listProblems = [
  "it is not JSON",
  "it must look like",
  "is no IP address",
  "can't be a device's address",
  "is this host itself",
];

export const allowList: Target = {
  name: "allow-list",
  parsers: ["agent/allow-list.ts", "protocol/address.ts", "protocol/agent-file.ts"],
  holds: "each target is an IP address in its one spelling and a port; loopback only where the file says so",
  shape: mix([4, json], [1, text]),
  words: addressWords,
  verdicts: listProblems,
  most: 16_384,
  seeds: () => ({
    hospital: jsonBytes({
      targets: [
        { address: "10.20.0.7", ports: [22, 80] },
        { address: "fd00::7", ports: [443] },
      ],
    }),
    demo: `${JSON.stringify({ targets: [{ address: "127.0.0.1", ports: [8081] }], allowLoopback: true }, null, 2)}\n`,
    nothing: jsonBytes({ targets: [] }),
  }),
  open: () => ({
    execute: (input) => {
      let targets: ReadonlySet<string>;
      try {
        targets = parseAllowList(input.toString("utf8"));
      } catch (error) {
        const problem = error instanceof RangeError && listProblems.find((part) => error.message.includes(part));
        if (problem) return problem;
        throw error;
      }
      const { allowLoopback } = JSON.parse(input.toString("utf8")) as { allowLoopback?: boolean };
      for (const target of targets) {
        const [host = "", port] = target.split(" ");
        const read = readAddress(host);
        hold(read?.canonical === host && read.kind !== "refused", `${target} is no target`);
        hold(read.kind !== "loopback" || allowLoopback === true, "loopback, unasked");
        hold(Number.isInteger(Number(port)) && Number(port) > 0 && Number(port) < 65_536, `${target} has no port`);
      }
      return accepted;
    },
  }),
};

/** Files in memory, where the system has them: a disk would be what is measured. */
const memory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder of an agent with one file in it, written anew for each input. */
function folder(file: string): { path: string; write(input: Buffer): void; close(): void } {
  const path = mkdtempSync(join(memory, "genkan-fuzz-"));
  mkdirSync(dirname(join(path, file)), { recursive: true });
  return {
    path,
    write: (input) => writeFileSync(join(path, file), input, { mode: 0o600 }),
    close: () => rmSync(path, { recursive: true, force: true }),
  };
}

const agentFile = {
  agent: id("agent"),
  name: "agent-1",
  site: { id: id("site"), name: "中央病院" },
  gateways: [{ host: "gateway.example.org", port: 443, key: token("gateway") }],
  authorityKey: authority.pin,
  privateKey: pemOf(ed25519("agent")),
  sealKey: pemOf(x25519("agent")),
};

export const joined: Target = {
  name: "joined",
  replayed: 500,
  parsers: ["agent/joined.ts (readJoined)", "protocol/agent-file.ts"],
  holds: "it has an Ed25519 and an X25519 key, and no member that the schema lacks",
  shape: mix([4, json], [1, text]),
  words: ["-----BEGIN PRIVATE KEY-----", "agt_", "gateway"],
  verdicts: ["bad-request"],
  most: 8_192,
  seeds: () => ({ one: `${JSON.stringify(agentFile, null, 2)}\n` }),
  open: () => {
    const place = folder("agent.json");
    return {
      execute: (input) => {
        place.write(input);
        const { programKey, sealKey } = readJoined(place.path);
        hold(canSealTo(sealKey.publicKey), "nothing can be sealed to it");
        hold(programKey.publicKey.asymmetricKeyType === "ed25519", "another kind of key");
        return accepted;
      },
      close: () => place.close(),
    };
  },
};

export const approverList: Target = {
  name: "approver-list",
  replayed: 1_000,
  parsers: ["agent/approver-list.ts (readApproverList)", "agent/trust.ts (summaryOf)", "protocol/statement.ts"],
  holds: "it is of this site, no credential stands in it twice, and its fingerprint is of its very bytes",
  shape: mix([4, json], [1, text]),
  words: ["sit_", "approver", "officer", "persons"],
  verdicts: ["trust-refused"],
  most: 32_768,
  seeds: () => ({
    one: approversBytes,
    two: jsonBytes({
      ...approvers,
      version: 2,
      previous: statementHash("genkan/approvers/v1", approversBytes),
      keys: [...approvers.keys, { ...approvers.keys[0], credential: token("second"), roles: ["officer", "approver"] }],
    }),
  }),
  open: () => ({
    execute: (input) => {
      const root = readApproverList(input, id("site"));
      hold(root.keys.size === root.statement.keys.length && root.statement.site === id("site"), "not as it says");
      hold(summaryOf(root).fingerprint === fingerprint(statementHash("genkan/approvers/v1", input)), "of other bytes");
      return accepted;
    },
  }),
};

const kept = {
  service: id("service"),
  name: "人工呼吸器, HTTPS, 10.20.0.7:443",
  accepted: { certificate: token("certificate"), at: now, by: "first-use", told: true },
  waiting: null,
};

export const deviceCertificate: Target = {
  name: "device-certificate",
  parsers: ["agent/device-certificates.ts", "protocol/agent-file.ts"],
  holds: "one certificate at most is known, and it is the one that stands in the file",
  shape: mix([4, json], [1, text]),
  words: ["svc_", "first-use", "host", "waiting", "accepted"],
  verdicts: ["bad-request"],
  most: 4_096,
  seeds: () => ({
    first: jsonBytes(kept),
    waits: jsonBytes({ ...kept, waiting: { certificate: token("another"), at: later(5) } }),
    host: jsonBytes({ ...kept, accepted: { ...kept.accepted, by: "host", told: false } }),
  }),
  open: () => {
    const place = folder(`certificates/${id("service")}.json`);
    const owner = { service: id("service"), name: kept.name };
    return {
      execute: (input) => {
        place.write(input);
        const certificates = new DeviceCertificates(place.path, () => new Date(now));
        const [file] = certificates.list();
        hold(file?.service === id("service"), "another service's");
        hold(
          certificates.judge(owner, asHash(token("never seen"))) === "changed",
          "a certificate that nobody accepted",
        );
        hold(["known", "accepted"].includes(certificates.judge(owner, file.accepted.certificate)), "forgotten");
        return accepted;
      },
      close: () => place.close(),
    };
  },
};

const counts = { up: 1, down: 2, connections: 1 };
const rows = [
  { entry: { kind: "tcp", at: now.toISOString(), up: 3, down: 4, ms: 5 } },
  { entry: { kind: "refusal", at: later(5), code: "host-mismatch" } },
  { end: { reason: "window-closed", counts, at: later(10) } },
];

export const spool: Target = {
  name: "spool",
  replayed: 500,
  parsers: ["agent/spool.ts (Spool.leftovers)", "protocol/agent-file.ts"],
  holds: "what is read again are whole rows of the schema, no more than there are lines",
  shape: mix([4, lines("\n", json)], [1, text]),
  words: ['{"end":', '{"entry":', "null", "\r"],
  verdicts: ["nothing in it"],
  most: 16_384,
  seeds: () => {
    const file = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    return { whole: file, torn: file.slice(0, -20), "no-end": `${JSON.stringify(rows[0])}\n` };
  },
  open: () => {
    const place = folder(`recordings/${id("session")}.jsonl`);
    return {
      execute: (input) => {
        place.write(input);
        const [left, ...more] = Spool.leftovers(place.path);
        hold(left?.session === id("session") && more.length === 0, "another recording");
        hold(left.entries.length <= input.toString("latin1").split("\n").length, "more rows than lines");
        return left.entries.length > 0 || left.end ? accepted : "nothing in it";
      },
      close: () => place.close(),
    };
  },
};
