import { Button } from "@mantine/core";
import { useState } from "react";
import type { OwnAccount, OwnPasskey } from "../../../protocol/api/own-account.ts";
import { productOf } from "../../../protocol/authenticator-product.ts";
import { Section } from "../card.tsx";
import { useNow } from "../clock.ts";
import { useText } from "../language.ts";
import { Name } from "../name.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import { Row, Rows, Small } from "../rows.tsx";
import { StateBadge } from "../state-badge.tsx";
import { Instant } from "../when.tsx";
import css from "./acts.module.css";
import { AddPasskey } from "./add-passkey.tsx";
import { NameForm } from "./name-form.tsx";
import { useOwn } from "./own.ts";

/** A passkey is shown as one that soon expires for so long: a holiday and a weekend more. */
const soonMs = 60 * 86_400_000;

/** All passkeys of this person: another is added, one renewed, named, or taken away. */
export function Passkeys({ account }: { account: OwnAccount }) {
  const { t } = useText();
  const [adding, setAdding] = useState<{ renews: OwnPasskey | null } | null>(null);
  return (
    <Section
      title={t("account.passkeys")}
      aside={<Button onClick={() => setAdding({ renews: null })}>{t("account.addPasskey")}</Button>}
    >
      <p>{t("account.passkeysHelp")}</p>
      <Rows>
        {account.passkeys.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} renew={() => setAdding({ renews: passkey })} />
        ))}
      </Rows>
      {adding !== null && <AddPasskey close={() => setAdding(null)} renews={adding?.renews ?? null} />}
    </Section>
  );
}

function PasskeyRow({ passkey, renew }: { passkey: OwnPasskey; renew: () => void }) {
  const { t } = useText();
  const own = useOwn();
  const [asking, setAsking] = useState<"name" | "remove" | null>(null);
  const close = () => setAsking(null);
  const leftMs = Date.parse(passkey.expiresAt) - useNow(60_000);
  const product = productOf(passkey.aaguid);
  return (
    <Row aside={null}>
      <b>
        <Name>{passkey.label}</Name>
      </b>{" "}
      {leftMs < soonMs && (
        <StateBadge tone={leftMs > 0 ? "note" : "stop"}>
          {t(leftMs > 0 ? "account.expiresSoon" : "account.expired")}
        </StateBadge>
      )}
      {product !== null && <Small>{product}</Small>}
      <Small>
        {t("account.since")} <Instant at={passkey.createdAt} detail="year" />
        {" · "}
        {t("account.lastUsed")}{" "}
        {passkey.lastUsedAt === null ? t("shell.never") : <Instant at={passkey.lastUsedAt} detail="year" />}
      </Small>
      <Small>
        {t("account.expires")} <Instant at={passkey.expiresAt} detail="year" />
      </Small>
      <div className={css.acts}>
        <Button size="compact-md" variant="default" onClick={renew}>
          {t("account.renew")}
        </Button>
        <Button size="compact-md" variant="default" onClick={() => setAsking("name")}>
          {t("account.rename")}
        </Button>
        <Button size="compact-md" variant="default" onClick={() => setAsking("remove")}>
          {t("account.remove")}
        </Button>
      </div>
      {asking === "name" && <NameForm close={close} path={`passkeys/${passkey.id}`} label={passkey.label} />}
      <ReasonDialog
        opened={asking === "remove"}
        close={close}
        title={t("account.removePasskey")}
        about={passkey.id}
        confirm={t("account.removeNow")}
        done={t("account.removed")}
        danger
        reason="none"
        act={() => own(`passkeys/${passkey.id}/removal`)}
      >
        {t("account.removePasskeyAsk", { name: passkey.label })}
      </ReasonDialog>
    </Row>
  );
}
