import { Alert, Button, Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { errorTexts } from "./error-texts.ts";
import { ApiError } from "./http.ts";
import { useText } from "./language.ts";
import css from "./states.module.css";

interface FailureProps {
  error: unknown;
  again?: () => void;
  /** Where the page knows better than the table of codes: what happened, and what to do next. */
  title?: string;
  next?: string;
}

/** A failure in words: what happened, the server's own detail, and every reason of a refusal. */
export function Failure({ error, again, title: better, next }: FailureProps) {
  const { t, locale } = useText();
  const { title, lines: told } = errorTexts(error, t, locale);
  const lines = next === undefined ? told : [next];
  return (
    <Alert
      color="shu"
      variant="light"
      title={better ?? title}
      role="alert"
      classNames={{ root: css.failure, title: css.failureTitle }}
    >
      {lines.length === 0 && !again ? null : (
        <>
          {lines.length > 0 && (
            <ul className={css.lines}>
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
          {again && (
            <Button variant="default" size="sm" mt="xs" onClick={again}>
              {t("shell.tryAgain")}
            </Button>
          )}
        </>
      )}
    </Alert>
  );
}

/** Nothing here yet, and what to do next. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={css.empty}>
      <p className={css.emptyTitle}>{title}</p>
      {children && <p className={css.emptyText}>{children}</p>}
      {action}
    </div>
  );
}

export function Loading() {
  const { t } = useText();
  return (
    <Stack gap="sm" aria-busy="true" role="status" aria-label={t("shell.loading")}>
      <Skeleton height={84} radius="md" />
      <Skeleton height={84} radius="md" />
    </Stack>
  );
}

/** What could not be read: an id that nothing has, or that is none, is a wrong address, and trying again finds no more. */
function Unread({ error, again }: { error: unknown; again: () => void }) {
  const { t } = useText();
  const nowhere = error instanceof ApiError && ["not-found", "bad-request"].includes(error.code);
  if (!nowhere) return <Failure error={error} again={again} />;
  return <Failure error={error} title={t("codes.error.not-found")} next={t("shell.nowhereHelp")} />;
}

/** The one ladder of every list and detail: loading, failed, there. */
export function Asked<T>({ query, children }: { query: UseQueryResult<T>; children: (value: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Unread error={query.error} again={() => void query.refetch()} />;
  return <Loading />;
}
