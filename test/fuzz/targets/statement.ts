import type { TSchema } from "typebox";
import { parseStatement, verifyStatement, verifyWithJwk } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { AccessRequest } from "../../../protocol/access-request.ts";
import { ApproversStatement } from "../../../protocol/approvers.ts";
import type { ErrorCode } from "../../../protocol/error.ts";
import { Grant } from "../../../protocol/grant.ts";
import { RequestJws } from "../../../protocol/schema.ts";
import {
  ApprovalStatement,
  EnrolmentProof,
  Lease,
  Proof,
  type StatementType,
  Ticket,
} from "../../../protocol/statement.ts";
import { asThumbprint } from "../../brand.ts";
import * as fixture from "../fixture.ts";
import { json } from "../shape/json.ts";
import { segments } from "../shape/parts.ts";
import { mix, type Shape, under } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const { authority, browserJwk, browserKey, jsonBytes, jwsOver, workstation, workstationJwk } = fixture;

interface Kind {
  readonly schema: TSchema;
  readonly code: ErrorCode;
  readonly honest: object;
}

const kinds: Readonly<Record<StatementType, Kind>> = {
  "genkan/request/v1": { schema: AccessRequest, code: "request-malformed", honest: fixture.request },
  "genkan/grant/v1": { schema: Grant, code: "grant-malformed", honest: fixture.grant },
  "genkan/approval/v1": { schema: ApprovalStatement, code: "approval-missing", honest: fixture.approval },
  "genkan/approvers/v1": { schema: ApproversStatement, code: "trust-refused", honest: fixture.approvers },
  "genkan/ticket/v1": { schema: Ticket, code: "ticket-invalid", honest: fixture.ticket },
  "genkan/lease/v1": { schema: Lease, code: "lease-invalid", honest: fixture.lease },
  "genkan/proof/v1": { schema: Proof, code: "proof-invalid", honest: fixture.proof },
  "genkan/enrolment/v1": { schema: EnrolmentProof, code: "proof-invalid", honest: fixture.enrolment },
};
const codes = [...new Set(Object.values(kinds).map(({ code }) => code))];
const kindOf = (line: string): [StatementType, Kind] => {
  const type = Object.hasOwn(kinds, line) ? (line as StatementType) : "genkan/grant/v1";
  return [type, kinds[type]];
};
const nameOf = (type: string) => type.split("/")[1] as string;
const words = [
  ...Object.keys(kinds),
  "EdDSA",
  "ES256",
  "none",
  "HS256",
  "kid",
  "jwk",
  "crit",
  "b64",
  "approve",
  "native",
];

/** First line and the rest. */
function opened(input: Buffer): [line: string, rest: Buffer] {
  const end = input.indexOf(10);
  return end < 0 ? ["", input] : [input.toString("latin1", 0, end), input.subarray(end + 1)];
}

const headed = (line: string, body: Uint8Array) => Buffer.concat([Buffer.from(`${line}\n`), body]);

/** The bytes of a statement, as every signature is over: first line its type. */
export const statement: Target = {
  name: "statement",
  parsers: [
    "crypto/statement.ts (parseStatement)",
    "protocol/statement.ts",
    "protocol/grant.ts",
    "protocol/access-request.ts",
  ],
  holds: "its bytes are the one way to write what was read: no member twice, no white space, no other escape",
  shape: under(1, json),
  words,
  verdicts: codes,
  most: 32_768,
  seeds: () =>
    Object.fromEntries(
      Object.entries(kinds).map(([type, { honest }]) => [nameOf(type), headed(type, jsonBytes(honest))]),
    ),
  open: () => ({
    execute: (input) => {
      const [line, bytes] = opened(input);
      const [, { schema, code }] = kindOf(line);
      const value: unknown = parseStatement(schema, bytes, code);
      hold(Buffer.from(JSON.stringify(value)).equals(bytes), "it can be written in another way");
      for (const instant of instantsIn(value))
        hold(new Date(instant).toISOString() === instant, `no instant: ${instant}`);
      return accepted;
    },
  }),
};

const instantMembers = new Set(["start", "end", "expires", "issuedAt"]);

function instantsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    instantMembers.has(name) ? [inner as string] : instantsIn(inner),
  );
}

const headerOf = (type: string, more: object) => jsonBytes({ alg: "EdDSA", typ: type, ...more });
const honestJws = (type: StatementType): string =>
  type === "genkan/ticket/v1" || type === "genkan/lease/v1"
    ? jwsOver(headerOf(type, { kid: authority.pin }), jsonBytes(kinds[type].honest), authority.privateKey)
    : jwsOver(headerOf(type, { jwk: workstationJwk }), jsonBytes(kinds[type].honest), workstation);
const signedTypes = [
  "genkan/request/v1",
  "genkan/ticket/v1",
  "genkan/lease/v1",
  "genkan/proof/v1",
  "genkan/enrolment/v1",
] as const;

/** Verifies as the receiver of this type does. */
async function verify(type: StatementType, jws: string): Promise<{ payload: unknown; key: string }> {
  const { schema, code } = kinds[type];
  if (type === "genkan/ticket/v1" || type === "genkan/lease/v1") {
    const payload: unknown = await verifyStatement(type, schema, jws, authority.publicKey, code);
    return { payload, key: authority.pin };
  }
  const { payload, thumbprint } = await verifyWithJwk(type, schema, jws, code, RequestJws);
  return { payload, key: thumbprint };
}

const ownKeys = [jwkThumbprint(workstationJwk), jwkThumbprint(browserJwk)];

/** A JWS as it comes from outside: nobody changes a byte of what was signed. */
export const jws: Target = {
  name: "jws",
  replayed: 1_000,
  parsers: ["crypto/statement.ts (verifyStatement, verifyWithJwk)"],
  holds: "by a known key nothing is accepted but, to the byte, a payload that this key signed as this type",
  shape: under(1, mix([3, segments(json)], [1, text])),
  words,
  verdicts: codes,
  most: 16_384,
  seeds: () => ({
    ...Object.fromEntries(signedTypes.map((type) => [nameOf(type), `${type}\n${honestJws(type)}`])),
    "proof-p256": `genkan/proof/v1\n${jwsOver(
      jsonBytes({ alg: "ES256", typ: "genkan/proof/v1", jwk: browserJwk }),
      jsonBytes(fixture.proof),
      browserKey,
    )}`,
  }),
  open: () => ({
    execute: async (input) => {
      const [line, rest] = opened(input);
      const [type] = kindOf(line);
      if (!signedTypes.some((signed) => signed === type)) return kinds[type].code;
      const { payload, key } = await verify(type, rest.toString("latin1"));
      const honest = JSON.stringify(kinds[type].honest);
      if (key === authority.pin || ownKeys.includes(asThumbprint(key)))
        hold(JSON.stringify(payload) === honest, "forged");
      return accepted;
    },
  }),
};

/** Header and payload on two lines; the right key signs them as they are, so that everything behind the signature is reached. */
const twoLines: Shape = (input, m) => {
  const [header, payload] = opened(input);
  return m.random.once(2)
    ? headed(json(Buffer.from(header, "latin1"), m).toString("latin1").replaceAll("\n", " "), payload)
    : headed(header, json(payload, m));
};

export const jwsSigned: Target = {
  name: "jws-signed",
  replayed: 500,
  parsers: ["crypto/statement.ts (verifyStatement, verifyWithJwk)"],
  holds: "the header names this algorithm and this type, the payload is the one way to write what was read",
  shape: under(1, twoLines),
  words,
  verdicts: codes,
  most: 8_192,
  seeds: () =>
    Object.fromEntries(
      signedTypes.map((type) => {
        const own = type === "genkan/ticket/v1" || type === "genkan/lease/v1";
        const header = headerOf(type, own ? { kid: authority.pin } : { jwk: workstationJwk });
        return [nameOf(type), headed(type, headed(header.toString(), jsonBytes(kinds[type].honest)))];
      }),
    ),
  open: () => ({
    execute: async (input) => {
      const [line, rest] = opened(input);
      const [type] = kindOf(line);
      if (!signedTypes.some((signed) => signed === type)) return kinds[type].code;
      const [header, payload] = opened(rest);
      const own = type === "genkan/ticket/v1" || type === "genkan/lease/v1";
      const signed = jwsOver(Buffer.from(header, "latin1"), payload, own ? authority.privateKey : workstation);
      const { payload: value } = await verify(type, signed);
      const { alg, typ } = JSON.parse(Buffer.from(header, "latin1").toString("utf8")) as { alg?: string; typ?: string };
      hold(alg === "EdDSA" && typ === type, `accepted with ${alg} and ${typ}`);
      hold(Buffer.from(JSON.stringify(value)).equals(payload), "the payload can be written in another way");
      return accepted;
    },
  }),
};
