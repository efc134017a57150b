import type { TrustView } from "../../protocol/api/trust.ts";
import type { ApproversStatement } from "../../protocol/approvers.ts";
import { fromBase64Url } from "../app/bytes.ts";
import { statementDigest } from "../app/digest.ts";
import type { TrustSignBegun } from "../app/views.ts";

/** What must hold before a passkey signs a list of approvers. */
export const trustFaults = ["unreadable", "challenge", "hash", "version", "previous", "approvers", "rules"] as const;
export type TrustFault = (typeof trustFaults)[number];

/** Compares the exact bytes to be signed with the list that the page shows; an empty list of faults means the same. */
export async function checkTrust(begun: TrustSignBegun, trust: TrustView): Promise<TrustFault[]> {
  const { proposed, current } = trust;
  if (!proposed) return ["version"];
  try {
    const bytes = fromBase64Url(begun.statement);
    const statement = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as ApproversStatement;
    const digest = await statementDigest("genkan/approvers/v1", bytes);
    const keys = statement.keys.map((key) => lineOf(key));
    const shown = proposed.approvers.map((key) => lineOf(key));
    const checks: [TrustFault, boolean][] = [
      ["challenge", (begun.options as { challenge?: unknown }).challenge === digest],
      ["hash", digest === proposed.hash],
      ["version", statement.type === "genkan/approvers/v1" && statement.version === proposed.version],
      ["previous", statement.previous === (current?.hash ?? null)],
      ["approvers", JSON.stringify(keys.toSorted()) === JSON.stringify(shown.toSorted())],
      ["rules", JSON.stringify(rulesOf(statement)) === JSON.stringify(rulesOf(proposed))],
    ];
    return checks.filter(([, holds]) => !holds).map(([fault]) => fault);
  } catch {
    return ["unreadable"];
  }
}

/** What the page shows of a key. */
function lineOf({
  person,
  credential,
  roles,
  expires,
}: NonNullable<TrustView["current"]>["approvers"][number]): string {
  return JSON.stringify([person.id, person.name, credential, roles.toSorted(), expires]);
}

function rulesOf({ rules }: Pick<ApproversStatement, "rules">) {
  return [rules.normal, rules.emergency].map((rule) => rule.map(({ roles, persons }) => [roles, persons]));
}
