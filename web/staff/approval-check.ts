import type { ApprovalGround } from "../../protocol/api/approval-ground.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import { type ChainFault, chainFaults, chainFaultsOf, type SignedRequest } from "../../protocol/chain.ts";
import type { Grant } from "../../protocol/grant.ts";
import { grantFor } from "../../protocol/grant-for.ts";
import type { ApprovalStatement } from "../../protocol/statement.ts";
import type { Window } from "../../protocol/window.ts";
import { fromBase64Url } from "../app/bytes.ts";
import { statementDigest } from "../app/digest.ts";
import type { ApprovalBegun } from "../app/views.ts";
import { readSigned } from "./signed-request.ts";

/** What must hold before a passkey is asked to sign; each names what would have been signed unseen. */
export const approvalFaults = [
  "unreadable",
  "hash",
  "challenge",
  "statement",
  "relying-party",
  "signature",
  "shown",
  "keys",
  ...chainFaults,
  "agent",
  "grant",
  "proposal",
] as const;
export type ApprovalFault = (typeof approvalFaults)[number];

/** What the page shows to the approver, and who the approver is. */
export interface Shown {
  request: RequestView;
  ground: ApprovalGround;
  windows: readonly Window[];
  approver: string;
  /** Host name of this page: the only relying party for which it signs. */
  host: string;
}

/**
 * Compares what a server wants signed with what the page shows, and with the request that the workstation signed. The page
 * verifies that signature, decodes the exact bytes and computes each hash itself, and writes the grant that it shows anew:
 * an empty list means that the passkey's signature covers this and nothing else.
 */
export async function checkApproval(begun: ApprovalBegun, shown: Shown): Promise<ApprovalFault[]> {
  const options = begun.options as { challenge?: unknown; rpId?: unknown; userVerification?: unknown };
  let asked: SignedRequest;
  try {
    asked = await readSigned(shown.ground.statement);
  } catch {
    return ["signature"];
  }
  try {
    const grantBytes = fromBase64Url(begun.grant);
    const statementBytes = fromBase64Url(begun.statement);
    const grant = decode(grantBytes) as Grant;
    const statement = decode(statementBytes) as ApprovalStatement;
    const grantHash = await statementDigest("genkan/grant/v1", grantBytes);
    const challenge = await statementDigest("genkan/approval/v1", statementBytes);
    const proposed = shown.request.approval?.proposed ?? null;
    return faultsOf([
      ["hash", begun.grantHash === grantHash && alike(statement.grants, [grantHash])],
      ["challenge", options.challenge === challenge],
      [
        "statement",
        statement.type === "genkan/approval/v1" &&
          statement.verdict === "approve" &&
          statement.approver === shown.approver &&
          grant.type === "genkan/grant/v1",
      ],
      [
        "relying-party",
        statement.rp === shown.host && options.rpId === shown.host && options.userVerification === "required",
      ],
      ["shown", showsWhatWasSigned(shown.request, asked)],
      [
        "keys",
        alike(sorted(shown.ground.keys.map((key) => key.thumbprint)), sorted(asked.request.workstation.thumbprints)),
      ],
      ...chainChecks(grant, asked, shown),
      ["proposal", proposed === null || proposed.hash === grantHash],
    ]);
  } catch {
    return ["unreadable"];
  }
}

/** First where it differs from what was asked; then, member by member, where it is not the grant that the page shows. */
function chainChecks(grant: Grant, asked: SignedRequest, { ground, windows }: Shown): [ApprovalFault, boolean][] {
  const faults = new Set<ApprovalFault>(chainFaultsOf(grant, asked));
  const { id, key } = ground.agent;
  const expected = grantFor(asked, {
    id: grant.id,
    agent: { id, key },
    services: ground.services,
    windows: [...windows],
  });
  const differs = (name: keyof Grant) => !alike(grant[name], expected[name]);
  if (differs("services")) faults.add("services");
  if (differs("windows")) faults.add("windows");
  if (differs("workstation")) faults.add("workstation");
  if (differs("person")) faults.add("person");
  const rest = !alike({ ...grant, agent: null }, { ...expected, agent: null });
  return [
    ...chainFaults.map((fault): [ChainFault, boolean] => [fault, !faults.has(fault)]),
    ["agent", !differs("agent")],
    // A member that no other name here covers: obligations, what it replaces, or one that this page does not know.
    ["grant", !rest || faults.size > 0],
  ];
}

/** What the page shows of a request is, member by member, what stands in the signed bytes. */
function showsWhatWasSigned(view: RequestView, { request }: SignedRequest): boolean {
  const { type: _, device, ...said } = request;
  const { model: _model, ...shownDevice } = view.device;
  const rest = view as unknown as Readonly<Record<string, unknown>>;
  return alike(shownDevice, device) && Object.entries(said).every(([name, value]) => alike(rest[name], value));
}

function sorted(list: readonly string[]): string[] {
  return list.toSorted();
}

function faultsOf(checks: [ApprovalFault, boolean][]): ApprovalFault[] {
  return checks.filter(([, holds]) => !holds).map(([fault]) => fault);
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

/** Equality of plain JSON values, whatever the order of their members. */
function alike(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(other, name) &&
      alike((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  );
}
