import { Button, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import type { FirstRunBody, FirstRunView } from "../../protocol/api/first-run.ts";
import { limits } from "../../protocol/limits.ts";
import { useAction } from "../app/action.ts";
import { EnrolBy } from "../app/enrol.tsx";
import { ask, send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { PageTitle } from "../app/page-title.tsx";
import { Failure } from "../app/states.tsx";

/** While nobody administers the installation, the first page asks for the code from the server's console; else for a sign-in. */
export function FirstRunOr({ signIn }: { signIn: ReactNode }) {
  const known = useQuery({ queryKey: ["first-run"], queryFn: () => ask<FirstRunView>("/api/first-run") });
  const [link, setLink] = useState<string | null>(null);
  if (link !== null) return <EnrolBy code={link} onward="/administration" />;
  return known.data?.waiting ? <FirstRun done={setLink} /> : signIn;
}

function FirstRun({ done }: { done: (link: string) => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState<FirstRunBody>({ code: "", name: "", login: "" });
  const type = (part: Partial<FirstRunBody>) => setTyped({ ...typed, ...part });
  const begin = useAction({
    mutationFn: () => {
      const { code, name, login } = typed;
      return send<{ code: string }>("/api/first-run", { code: code.trim(), name: name.trim(), login: login.trim() });
    },
    onSuccess: ({ code }) => done(code),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin.mutate();
  };
  return (
    <>
      <PageTitle title={t("firstRun.title")}>{t("firstRun.lead")}</PageTitle>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t("firstRun.code")}
            description={t("firstRun.codeHelp")}
            autoComplete="off"
            spellCheck={false}
            required
            minLength={16}
            maxLength={40}
            value={typed.code}
            onChange={(event) => type({ code: event.currentTarget.value })}
          />
          <TextInput
            label={t("firstRun.name")}
            description={t("firstRun.nameHelp")}
            autoComplete="name"
            required
            maxLength={limits.nameCharacters}
            value={typed.name}
            onChange={(event) => type({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t("firstRun.login")}
            description={t("firstRun.loginHelp")}
            autoComplete="username"
            required
            maxLength={limits.nameCharacters}
            value={typed.login}
            onChange={(event) => type({ login: event.currentTarget.value })}
          />
          {begin.isError && <Failure error={begin.error} />}
          <Button type="submit" size="lg" fullWidth loading={begin.isPending}>
            {t("firstRun.begin")}
          </Button>
        </Stack>
      </form>
    </>
  );
}
