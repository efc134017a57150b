import { generate } from "otplib";
import type { Static } from "typebox";
import { enrolmentLink } from "../../authority/enrolment.ts";
import { addPerson } from "../../authority/invitation.ts";
import { openStore } from "../../bin/authority/open.ts";
import type { EnrolmentBegin } from "../../protocol/api/enrolment.ts";
import { call } from "./person.ts";
import type { QuickWorld } from "./world.ts";

/** A technician who signs in with password and TOTP: the login, and what it takes. */
export interface PasswordHolder {
  readonly login: string;
  readonly password: string;
  /** Secret of the authenticator app. */
  readonly secret: string;
}

const stepMs = 30_000;

/** Adds a technician and enrols them over the API, as their page does. */
export async function enrolWithPassword(world: QuickWorld, login: string): Promise<PasswordHolder> {
  const { store } = await openStore(world.storeOptions, null);
  const { hosts } = world.register;
  const vendor = await store.db.selectFrom("vendor").select("id").executeTakeFirstOrThrow();
  await addPerson(store, { name: login, login, roles: ["technician"], site: null, vendor: vendor.id }, new Date());
  const link = await enrolmentLink(store, hosts, login, new Date());
  await store.close();
  const code = new URL(link?.url ?? "").hash.slice(1);
  const begun = await call<Static<typeof EnrolmentBegin.reply>>(hosts.portal, "POST", "/api/enrolment/begin", {
    body: { code },
  });
  const secret = begun.body.totp?.secret ?? "";
  const password = `${login} likes a long sentence`;
  const totp = await codeOf(secret, -stepMs);
  const body = { code, ceremony: begun.body.ceremony, password, totp };
  const { status } = await call(hosts.portal, "POST", "/api/enrolment/password", { body });
  if (status !== 200) throw new Error(`${login} was enrolled with ${status}.`);
  return { login, password, secret };
}

/** What the authenticator app shows, or showed some milliseconds ago. A code is good once. */
export function codeOf(secret: string, agoMs = 0): Promise<string> {
  return generate({ secret, epoch: Math.floor((Date.now() + agoMs) / 1_000) });
}
