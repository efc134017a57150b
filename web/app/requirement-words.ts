import type { Requirement, SigningRole } from "../../protocol/approvers.ts";
import type { useText } from "./language.ts";

type Text = ReturnType<typeof useText>["t"];

/** Whom a rule requires, as people read it: each line of the rule with its roles and how many persons. */
export function requirementWords(t: Text, requirements: readonly Requirement[]): string {
  return requirements
    .map(({ roles, persons }) => t("trust.persons", { roles: roleWords(t, roles), persons }))
    .join(t("trust.and"));
}

export function roleWords(t: Text, roles: readonly SigningRole[]): string {
  return roles.map((role) => t(`role.${role}`)).join(t("trust.or"));
}
