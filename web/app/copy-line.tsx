import { Button } from "@mantine/core";
import { useState } from "react";
import { announce } from "./announce.tsx";
import css from "./copy-line.module.css";
import { useText } from "./language.ts";

/** A command, key or fingerprint to take along exactly as it stands. `of` names it for a screen reader. */
export function CopyLine({ text, of }: { text: string; of: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(t("shell.copied"));
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <div className={css.line}>
      <code className={css.text}>{text}</code>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={copied ? undefined : t("shell.copyOf", { what: of })}
        onClick={() => void copy().catch(() => announce(t("shell.copyFailed")))}
      >
        {copied ? t("shell.copied") : t("shell.copy")}
      </Button>
    </div>
  );
}
