import { type Requirement, signingRoles } from "../../protocol/approvers.ts";
import { GenkanError } from "../../protocol/error.ts";

/**
 * `ROLE:PERSONS` lines as somebody typed them, one to four with commas between, such as `approver:1,officer:1`; roles of which
 * any will do stand with a bar between, such as `approver|officer:2`. Throws `bad-request`.
 */
export function parseRequirements(text: string): Requirement[] {
  const refused = new GenkanError(
    "bad-request",
    `${text} is not ROLE:PERSONS, with commas between: roles are approver, officer and administrator, persons 1 to 4.`,
  );
  const lines = text.split(",");
  if (lines.length > 4) throw refused;
  return lines.map((line) => {
    const [, names = "", persons = ""] = /^([a-z|]+):([1-4])$/.exec(line) ?? [];
    const roles = names.split("|").flatMap((name) => signingRoles.find((role) => role === name) ?? []);
    if (roles.length === 0 || roles.join("|") !== names || new Set(roles).size < roles.length) throw refused;
    return { roles, persons: Number(persons) };
  });
}
