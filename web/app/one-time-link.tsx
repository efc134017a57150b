import { Anchor, Button, Stack } from "@mantine/core";
import type { OneTimeLink } from "../../protocol/api/account.ts";
import { CopyLine } from "./copy-line.tsx";
import { Dialog } from "./dialog.tsx";
import { useText } from "./language.ts";
import { Note } from "./note.tsx";
import { QrCode } from "./qr-code.tsx";
import { Instant } from "./when.tsx";

/**
 * A link that is shown this once. `mailTo`: an address to which it may go by mail; none where whoever gives it has to hand it over
 * themselves.
 */
export function OneTimeLinkDialog({
  link,
  mailTo,
  close,
}: {
  link: OneTimeLink | null;
  mailTo: string | null;
  close: () => void;
}) {
  const { t } = useText();
  if (!link) return null;
  const { person, url, expiresAt } = link;
  const mail =
    mailTo !== null && mailTo.includes("@")
      ? `mailto:${encodeURIComponent(mailTo)}?subject=${encodeURIComponent(t("link.mailSubject"))}&body=${encodeURIComponent(`${t("link.mailBody")}\n\n${url}\n`)}`
      : null;
  return (
    <Dialog opened close={close} title={t("link.title", { name: person.name })}>
      <Stack>
        <Note title={t("link.once")}>{t(mailTo === null ? "link.byHand" : "link.onceHelp")}</Note>
        <CopyLine text={url} of={t("link.name")} />
        <QrCode text={url} label={t("link.qr")} />
        <p>
          {t("link.until")} <Instant at={expiresAt} detail="year" />
        </p>
        {mail && <Anchor href={mail}>{t("link.mail")}</Anchor>}
        <Button onClick={close}>{t("link.close")}</Button>
      </Stack>
    </Dialog>
  );
}
