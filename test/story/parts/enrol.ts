import type { Static } from "typebox";
import type { SampleLogin } from "../../../bin/start/people.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { Context } from "../context.ts";
import type { Evidence } from "../result.ts";
import { Person } from "./person.ts";
import type { Language } from "./text.ts";
import { until } from "./wait.ts";

type Signed = Static<typeof Me>;

/** A person opens the one-time link, makes a passkey on the page, and is signed in; the link is then worth nothing. */
export async function enrol(context: Context, login: SampleLogin, language: Language): Promise<Evidence> {
  const world = await context.world();
  const link = await world.enrolmentLink(login);
  if (link === undefined) throw new Error(`${login} has enrolled already.`);
  const person = await Person.sitDown(login, language, context.chromiumOf(login));
  await person.page.goto(link);
  await person.press("enrol.withPasskey");
  const me = await until(`sign-in of ${login}`, 15_000, () => signedIn(person));
  context.people.set(login, person);

  const used = await person.ask<{ code?: string }>("POST", "/api/enrolment/begin", {
    code: new URL(link).hash.slice(1),
  });
  if (used.body?.code !== "enrolment-invalid") throw new Error(`The used link answered ${used.status}.`);
  return {
    person: me.person.name,
    roles: me.memberships.flatMap(({ roles }) => roles),
    factors: me.factors,
    passkeys: await person.passkeys(),
    usedLink: used.body.code,
  };
}

async function signedIn(person: Person): Promise<Signed | undefined> {
  const { status, body } = await person.ask<Signed>("GET", "/api/me");
  return status === 200 ? body : undefined;
}
