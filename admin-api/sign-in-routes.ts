import type { Context } from "../authority/context.ts";
import { verifyPassword } from "../crypto/password.ts";
import { unseal } from "../crypto/sealed.ts";
import { revealSecret } from "../crypto/secret.ts";
import { Me } from "../protocol/api/me.ts";
import { SignInBegin, SignInPasskey, SignInPassword } from "../protocol/api/sign-in.ts";
import { GenkanError } from "../protocol/error.ts";
import { type Face, faces } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { Nothing } from "../protocol/schema.ts";
import { findPasskey, listAuthenticators, useTotpStep } from "../store/authenticator.ts";
import { insertCeremony, useCeremony } from "../store/ceremony.ts";
import { findPerson, findPersonByLogin } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { endSignIn } from "../store/sign-in.ts";
import { cookieName } from "./authenticate.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { FailureBudget } from "./failure-budget.ts";
import { SignInBudget } from "./sign-in-budget.ts";
import { me, setSignInCookie, signIn } from "./signed-in.ts";
import { totpStep } from "./totp.ts";
import type { Turns } from "./turn.ts";
import { signInOptions, verifySignIn } from "./webauthn.ts";

export function signInRoutes(c: Context, face: Face, scryptTurns: Turns): Endpoint[] {
  const system = Scope.system();
  const failures = new SignInBudget();
  const begun = new FailureBudget(limits.ceremoniesPerAddress, limits.ceremonyMs);

  return [
    endpoint({
      method: "POST",
      url: "/api/sign-in/begin",
      faces,
      permission: "public",
      audit: "sign-in.begin",
      body: Nothing,
      reply: SignInBegin.reply,
      handle: async ({ request }) => {
        begun.take(networkOf(request.ip), c.now().getTime());
        const options = await signInOptions(c, face);
        const ceremony = await c.store.change(({ db }) =>
          insertCeremony(db, system, {
            kind: "sign-in",
            face,
            person: null,
            bound_to: null,
            challenge: options.challenge,
            data: "",
            now: c.now(),
          }),
        );
        return { ceremony, options: { ...options } };
      },
    }),

    endpoint({
      method: "POST",
      url: "/api/sign-in/passkey",
      faces,
      permission: "public",
      audit: "sign-in",
      body: SignInPasskey.body,
      reply: SignInPasskey.reply,
      handle: async ({ body, reply }) => {
        const ceremony = await c.store.change(({ db }) =>
          useCeremony(db, system, body.ceremony, { kind: "sign-in", face, boundTo: null, now: c.now() }),
        );
        if (!ceremony) throw new GenkanError("ceremony-invalid");
        const { id } = body.response as { id?: unknown };
        const passkey = typeof id === "string" ? await findPasskey(c.store.db, system, id) : null;
        if (!passkey || passkey.expires_at <= c.now().toISOString()) throw new GenkanError("sign-in-failed");
        await verifySignIn(c, face, ceremony.challenge, passkey, body.response);
        const person = await findPerson(c.store.db, system, passkey.person);
        if (!person) throw new GenkanError("sign-in-failed");
        const signedIn = await c.store.change((change) => signIn(c, change, { person, face, factors: ["passkey"] }));
        setSignInCookie(reply, signedIn.token);
        return me(c, person, signedIn.id);
      },
    }),

    endpoint({
      method: "POST",
      url: "/api/sign-in/password",
      faces: ["portal"],
      permission: "public",
      audit: "sign-in",
      body: SignInPassword.body,
      reply: SignInPassword.reply,
      handle: async ({ body, reply, request }) => {
        const network = networkOf(request.ip);
        const begun = c.now().getTime();
        failures.take(network, body.login, begun);
        const person = await findPersonByLogin(c.store.db, system, body.login);
        const known = person ? await listAuthenticators(c.store.db, system, person.id) : [];
        const authenticator = known.find(({ kind }) => kind === "password-totp");
        // Unknown account, wrong password and wrong code look alike, and take as long.
        const hash = authenticator?.password_hash ?? null;
        const right = await scryptTurns.run(() => verifyPassword(body.password, hash), network);
        if (!right || !person || !authenticator?.totp_sealed || authenticator.expires_at <= c.now().toISOString())
          throw new GenkanError("sign-in-failed");
        const secret = revealSecret(unseal(c.keys.data, "authenticator:totp", authenticator.totp_sealed));
        const used = authenticator.totp_step === null ? null : Number(authenticator.totp_step);
        const step = await totpStep(body.totp, secret, used, c.now()).catch(() => null);
        const signedIn = await c.store.change(async (change) => {
          if (step === null || !(await useTotpStep(change.db, system, authenticator.id, step)))
            throw new GenkanError("sign-in-failed");
          return signIn(c, change, { person, face, factors: ["password", "totp"] });
        });
        failures.forgive(network, body.login, begun);
        setSignInCookie(reply, signedIn.token);
        return me(c, person, signedIn.id);
      },
    }),

    endpoint({
      method: "POST",
      url: "/api/sign-out",
      faces,
      permission: "signed-in",
      audit: "sign-out",
      body: Nothing,
      reply: Nothing,
      handle: async ({ caller, reply }) => {
        await c.store.change(async (change) => {
          await endSignIn(change.db, system, caller.signIn.id, c.now());
          await change.audit({
            at: c.now(),
            action: "sign-out",
            outcome: "done",
            actor: caller.person,
            site: caller.person.site?.id ?? null,
            vendor: caller.person.vendor?.id ?? null,
            subjects: { signIn: caller.signIn.id },
          });
        });
        reply.clearCookie(cookieName, { path: "/", secure: true });
        return {};
      },
    }),

    endpoint({
      method: "GET",
      url: "/api/me",
      faces,
      permission: "signed-in",
      audit: "me.read",
      reply: Me,
      handle: ({ caller }) => me(c, caller.person, caller.signIn.id),
    }),
  ];
}
