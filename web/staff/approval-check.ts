import type { RequestView } from "../../protocol/api/request.ts";
import type { Grant } from "../../protocol/grant.ts";
import type { ApprovalStatement } from "../../protocol/statement.ts";
import type { Window } from "../../protocol/window.ts";
import { fromBase64Url } from "../app/bytes.ts";
import { statementDigest } from "../app/digest.ts";
import type { ApprovalBegun } from "../app/views.ts";

/** What must hold before a passkey is asked to sign; each names what would have been signed unseen. */
export const approvalFaults = [
  "unreadable",
  "hash",
  "challenge",
  "statement",
  "relying-party",
  "request",
  "person",
  "workstation",
  "device",
  "services",
  "window",
  "proposal",
] as const;
export type ApprovalFault = (typeof approvalFaults)[number];

/** What the page shows to the approver, and who the approver is. */
export interface Shown {
  request: RequestView;
  windows: readonly Window[];
  approver: string;
  /** Host name of this page: the only relying party for which it signs. */
  host: string;
}

/**
 * Compares what a server wants signed with what the page shows. The page decodes the exact bytes itself and computes
 * each hash itself; an empty list means that the signature covers this and nothing else.
 */
export async function checkApproval(begun: ApprovalBegun, shown: Shown): Promise<ApprovalFault[]> {
  const proposed = shown.request.approval?.proposed ?? null;
  const options = begun.options as { challenge?: unknown; rpId?: unknown; userVerification?: unknown };
  let grant: Grant;
  let statement: ApprovalStatement;
  let grantHash: string;
  let challenge: string;
  try {
    const grantBytes = fromBase64Url(begun.grant);
    const statementBytes = fromBase64Url(begun.statement);
    grant = decode(grantBytes) as Grant;
    statement = decode(statementBytes) as ApprovalStatement;
    grantHash = await statementDigest("genkan/grant/v1", grantBytes);
    challenge = await statementDigest("genkan/approval/v1", statementBytes);
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
      ...grantChecks(grant, shown),
      ["proposal", proposed === null || proposed.hash === grantHash],
    ]);
  } catch {
    return ["unreadable"];
  }
}

function grantChecks(grant: Grant, { request, windows }: Shown): [ApprovalFault, boolean][] {
  const { person, vendor } = request;
  return [
    ["request", alike(grant.site, request.site) && grant.zone === request.zone],
    ["person", alike(grant.person, { id: person.id, name: person.name, vendor: vendor.id })],
    ["workstation", grant.workstation.id === request.workstation.id],
    ["device", alike(grant.device, { id: request.device.id, name: request.device.name })],
    ["services", alike(byId(grant.services.map(shownPart)), byId(request.services.map(shownPart)))],
    ["window", alike(grant.windows, windows)],
  ];
}

/** What of a service the page shows: the address is the agent's to judge by its own allow-list. */
function shownPart({ id, name, protocol, port, tls }: RequestView["services"][number]) {
  return { id, name, protocol, port, tls };
}

function byId<T extends { id: string }>(list: T[]): T[] {
  return list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
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
