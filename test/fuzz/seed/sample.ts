import type { TSchema } from "typebox";
import { Check } from "typebox/value";
import { type IdKind, idPrefixes } from "../../../protocol/make-id.ts";
import { id, jsonBytes, jwsOver, later, now, proof, token, workstation, workstationJwk } from "../fixture.ts";

const jws = jwsOver(
  jsonBytes({ alg: "EdDSA", typ: "genkan/proof/v1", jwk: workstationJwk }),
  jsonBytes(proof),
  workstation,
);

/** Texts of which one fits each pattern of ours. */
const texts = [
  "workstation",
  "定期点検",
  now.toISOString(),
  ...(Object.keys(idPrefixes) as IdKind[]).map((kind) => id(kind)),
  token("sample"),
  "Asia/Tokyo",
  "ABCD-EFGH",
  "123456",
  "2026-03-01",
  "genkan-0.1.0-linux-x64",
  "sato@vendor.example",
  "vendor.example",
  "https://login.example.org",
  "AAAA-AAAA-AAAA-AAAA",
  jws,
];

interface Shaped {
  readonly type?: string;
  readonly anyOf?: readonly TSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly minItems?: number;
}

/** An honest value of a schema: all its members, the first of its alternatives. */
export function sampleOf(schema: TSchema): unknown {
  const { type, anyOf, enum: values, const: literal, properties, items, minItems = 1 } = schema as Shaped;
  if (literal !== undefined) return literal;
  if (values) return values[0];
  if (anyOf) return sampleOf(anyOf[0] as TSchema);
  switch (type) {
    case "object":
      return Object.fromEntries(Object.entries(properties ?? {}).map(([name, inner]) => [name, memberOf(name, inner)]));
    case "array":
      return Array.from({ length: minItems }, () => sampleOf(items as TSchema));
    case "boolean":
      return true;
    case "integer":
    case "number":
      return [1, 0, 443].find((number) => Check(schema, number));
    case "null":
      return null;
    default:
      return textOf(schema);
  }
}

/** A window ends after it starts. */
function memberOf(name: string, schema: TSchema): unknown {
  const end = later(3_600_000);
  return name === "end" && Check(schema, end) ? end : sampleOf(schema);
}

function textOf(schema: TSchema): string {
  const text = texts.find((one) => Check(schema, one));
  if (text === undefined) throw new Error(`No text fits ${JSON.stringify(schema)}.`);
  return text;
}
