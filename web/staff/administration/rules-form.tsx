import { Button, Checkbox, Fieldset, Group, NativeSelect, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { TrustRules } from "../../../protocol/api/trust.ts";
import { type Requirement, type Rules, signingRoles } from "../../../protocol/approvers.ts";
import type { Site } from "../../../protocol/site.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Note } from "../../app/note.tsx";

/** As many as a rule holds, of persons and of requirements: `Requirement` and `Requirements`. */
const most = 4;
const kinds = ["normal", "emergency"] as const;

/** A requirement as it is edited, told apart from its neighbours while lines come and go. */
type Line = Requirement & { readonly key: number };
let lines = 0;
const lineOf = (requirement: Requirement): Line => ({ ...requirement, key: lines++ });
const requirementOf = ({ roles, persons }: Line): Requirement => ({ roles, persons });

/** Whom a request, and an emergency, needs from now on: said here, and in force once those required now have signed it. */
export function RulesForm({ site, before, close }: { site: Site; before: Rules; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const [rules, setRules] = useState({ normal: before.normal.map(lineOf), emergency: before.emergency.map(lineOf) });
  const save = async () => {
    const said = { normal: rules.normal.map(requirementOf), emergency: rules.emergency.map(requirementOf) };
    await send("/api/trust/rules", { site: site.id, rules: said } satisfies TrustRules);
    await client.invalidateQueries({ queryKey: ["trust"] });
  };
  return (
    <FormDialog
      close={close}
      title={t("approverRules.editTitle", { site: site.name })}
      confirm={t("approverRules.propose")}
      done={t("approverRules.done")}
      act={save}
    >
      <Note title={t("approverRules.means")}>{t("approverRules.meansHelp")}</Note>
      {kinds.map((kind) => (
        <RuleFields
          key={kind}
          legend={t(`trust.${kind}`)}
          lines={rules[kind]}
          set={(changed) => setRules((now) => ({ ...now, [kind]: changed }))}
        />
      ))}
    </FormDialog>
  );
}

/** One rule: every line of it must be met. */
function RuleFields({ legend, lines, set }: { legend: string; lines: Line[]; set: (lines: Line[]) => void }) {
  const { t } = useText();
  const change = (key: number, part: Partial<Requirement>) =>
    set(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  return (
    <Fieldset legend={legend}>
      <Stack>
        {lines.map((line, index) => (
          <Stack key={line.key} gap="xs" role="group" aria-label={t("approverRules.line", { number: index + 1 })}>
            <Checkbox.Group
              label={t("approverRules.roles")}
              value={line.roles}
              onChange={(chosen) => change(line.key, { roles: signingRoles.filter((role) => chosen.includes(role)) })}
            >
              <Group mt="xs">
                {signingRoles.map((role) => (
                  <Checkbox
                    key={role}
                    value={role}
                    label={t(`role.${role}`)}
                    // The last one stays: a line that names nobody could never be met.
                    disabled={line.roles.length === 1 && line.roles.includes(role)}
                  />
                ))}
              </Group>
            </Checkbox.Group>
            <Group align="flex-end">
              <NativeSelect
                label={t("approverRules.persons")}
                value={String(line.persons)}
                data={Array.from({ length: most }, (_, one) => String(one + 1))}
                onChange={(event) => change(line.key, { persons: Number(event.currentTarget.value) })}
              />
              {lines.length > 1 && (
                <Button
                  variant="default"
                  aria-label={t("approverRules.removeOf", { number: index + 1 })}
                  onClick={() => set(lines.filter(({ key }) => key !== line.key))}
                >
                  {t("approverRules.remove")}
                </Button>
              )}
            </Group>
          </Stack>
        ))}
        {lines.length < most && (
          <Button
            variant="default"
            style={{ alignSelf: "flex-start" }}
            onClick={() => set([...lines, lineOf({ roles: ["approver"], persons: 1 })])}
          >
            {t("approverRules.add")}
          </Button>
        )}
      </Stack>
    </Fieldset>
  );
}
