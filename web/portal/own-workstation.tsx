import { Alert } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Me } from "../../protocol/api/me.ts";
import { computerLabel, freeLabel } from "../app/computer.ts";
import { ask, send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { Failure } from "../app/states.tsx";
import type { WorkstationBody, WorkstationEnrolled, WorkstationList } from "../app/views.ts";
import { proveKey } from "./workstation-key.ts";

/** Shows this browser's key to the authority, once in each sign-in, without being asked. */
export function OwnWorkstation({ me }: { me: Me }) {
  const { t } = useText();
  const client = useQueryClient();
  const { mutate, isPending, isError, error } = useMutation({
    mutationFn: async () => {
      const proof = await proveKey(me.person.id, me.enrolmentSubject);
      const { workstations } = await ask<WorkstationList>("/api/workstations");
      const own = workstations.filter(({ person }) => person.id === me.person.id).map(({ label }) => label);
      // Two browsers of one kind: an approver could not tell them apart. One that is known keeps its label.
      const body: WorkstationBody = { proof, label: freeLabel(computerLabel(navigator.userAgent), own) };
      return send<WorkstationEnrolled>("/api/workstations", body);
    },
    onSuccess: () => client.invalidateQueries(),
  });
  const missing = me.workstation === null;
  const subject = me.enrolmentSubject;
  useEffect(() => {
    if (missing && subject) mutate();
  }, [missing, subject, mutate]);
  if (!missing) return null;
  if (isError) return <Failure error={error} again={() => mutate()} />;
  return isPending ? (
    <Alert color="ai" variant="light" role="status">
      {t("workstation.enrolling")}
    </Alert>
  ) : null;
}
