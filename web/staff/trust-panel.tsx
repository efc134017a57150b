import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Me } from "../../protocol/api/me.ts";
import type { TrustView } from "../../protocol/api/trust.ts";
import { standing } from "../../protocol/quorum.ts";
import { useAction } from "../app/action.ts";
import { announce } from "../app/announce.tsx";
import { Card, Facts } from "../app/card.tsx";
import { CopyLine } from "../app/copy-line.tsx";
import { fingerprint } from "../app/fingerprint.ts";
import { ApiError, send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { signWithPasskey } from "../app/passkey.ts";
import { requirementWords, roleWords } from "../app/requirement-words.ts";
import { StateBadge } from "../app/state-badge.tsx";
import { Empty, Failure } from "../app/states.tsx";
import type { TrustSignBegun } from "../app/views.ts";
import { Instant } from "../app/when.tsx";
import css from "./grants.module.css";
import { awaitsSignature, isTrusted, signersOf } from "./may.ts";
import { checkTrust, type TrustFault } from "./trust-check.ts";

/** The server wanted another list signed than the one shown; nothing was signed. */
class OtherList extends Error {
  readonly faults: TrustFault[];

  constructor(faults: TrustFault[]) {
    super("The list to be signed is not the list shown.");
    this.faults = faults;
  }
}

async function sign(trust: TrustView): Promise<void> {
  const begun = await send<TrustSignBegun>("/api/trust/signature/begin", { site: trust.site.id });
  const faults = await checkTrust(begun, trust);
  if (faults.length > 0) throw new OtherList(faults);
  const response = await signWithPasskey(begun.options);
  await send("/api/trust/signature", { ceremony: begun.ceremony, response });
}

/** A site's list of approvers' keys that its agents pin (`named`: of several sites), and the next one while it gathers signatures. */
export function TrustPanel({ trust, me, named }: { trust: TrustView; me: Me; named: boolean }) {
  const { t } = useText();
  return (
    <Stack>
      {named && (
        <p className={css.place}>
          <Name>{trust.site.name}</Name>
        </p>
      )}
      {!trust.current && !trust.proposed && <Empty title={t("trust.none")}>{t("trust.noneHelp")}</Empty>}
      {trust.proposed && <Proposed trust={trust} proposed={trust.proposed} me={me} />}
      {trust.current && (
        <Card label={t("trust.version", { version: trust.current.version })}>
          <div className={css.head}>
            <h3>{t("trust.version", { version: trust.current.version })}</h3>
            <StateBadge tone="open">{t("trust.inForce")}</StateBadge>
          </div>
          <Approvers list={trust.current} />
          <div className={css.foot}>
            <CopyLine text={fingerprint(trust.current.hash)} of={t("trust.fingerprint")} />
          </div>
        </Card>
      )}
    </Stack>
  );
}

function Proposed(props: { trust: TrustView; proposed: NonNullable<TrustView["proposed"]>; me: Me }) {
  const { t } = useText();
  const { proposed, me } = props;
  const client = useQueryClient();
  const signature = useAction({
    mutationFn: () => sign(props.trust),
    onSuccess: async () => {
      announce(t("trust.signed"));
      await client.invalidateQueries({ queryKey: ["trust"] });
    },
  });
  const isListed = proposed.approvers.some(({ person }) => person.id === me.person.id);
  const signatures = standing(props.trust.current?.rules.normal ?? [], signersOf(props.trust));
  const signed = proposed.signedBy.some((person) => person.id === me.person.id);
  return (
    <Card edge="wait" label={t("trust.proposed")}>
      <div className={css.head}>
        <h3>
          {t("trust.version", { version: proposed.version })} <small>{t("trust.proposed")}</small>
        </h3>
        <StateBadge tone="wait">
          {t("trust.signatures", { have: signatures.filled, need: signatures.places })}
        </StateBadge>
      </div>
      <p>{t("trust.proposedHelp")}</p>
      <Approvers list={proposed} />
      <Stack mt="md">
        <CopyLine text={fingerprint(proposed.hash)} of={t("trust.fingerprint")} />
        {signature.error instanceof OtherList ? (
          <Failure error={new Error(`${t("trust.mismatch")} (${signature.error.faults.join(", ")})`)} />
        ) : (
          signature.isError && <SignFailure error={signature.error} />
        )}
        {signed && <p>{t("trust.alreadySigned")}</p>}
        {!signed && isListed && !isTrusted(props.trust, me) && <p>{t("trust.othersSign")}</p>}
        {awaitsSignature(props.trust, me) && (
          <Button size="lg" loading={signature.isPending} onClick={() => signature.mutate()}>
            {t("trust.sign")}
          </Button>
        )}
      </Stack>
    </Card>
  );
}

/** A signature is refused with `trust-refused` for the list itself, not for who signs. */
function SignFailure({ error }: { error: unknown }) {
  const { t } = useText();
  if (!(error instanceof ApiError) || error.code !== "trust-refused") return <Failure error={error} />;
  return <Failure error={error} title={t("trust.unreadable")} />;
}

/** Whose passkeys count, in which roles, and whom a grant needs: all that a signature on the list covers. */
function Approvers({ list }: { list: NonNullable<TrustView["current"]> }) {
  const { t } = useText();
  return (
    <Facts
      rows={[
        ...list.approvers.map((key): [string, ReactNode] => [
          key.person.name,
          <span key={key.credential}>
            {roleWords(t, key.roles)} <code>{key.credential.slice(0, 16)}…</code> {t("trust.until")}{" "}
            <Instant at={key.expires} detail="year" />
          </span>,
        ]),
        [t("trust.normal"), requirementWords(t, list.rules.normal)],
        [t("trust.emergency"), requirementWords(t, list.rules.emergency)],
      ]}
    />
  );
}
