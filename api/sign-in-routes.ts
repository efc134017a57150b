import type { Context } from "../authority/context.ts";
import { beginSignIn, isKnownNetwork, me, signInByPasskey, signInByPassword, signOut } from "../authority/sign-in.ts";
import { Me } from "../protocol/api/me.ts";
import { SignInBegin, SignInPasskey, SignInPassword } from "../protocol/api/sign-in.ts";
import { type Face, faces } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { Nothing } from "../protocol/schema.ts";
import { clearSignInCookie, setSignInCookie } from "./cookie.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { SignInBudget } from "./sign-in-budget.ts";
import { TryBudget } from "./try-budget.ts";
import type { WaitingRoom } from "./waiting-room.ts";

export function signInRoutes(c: Context, face: Face, scrypt: WaitingRoom): Endpoint[] {
  const tries = new SignInBudget();
  const begun = new TryBudget(limits.ceremoniesPerAddress, limits.ceremonyMs);

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
        const network = networkOf(request.ip);
        begun.take(network, c.now().getTime());
        return beginSignIn(c, face, network);
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
      handle: async ({ body, reply, request }) => {
        const { id, token, person } = await signInByPasskey(c, face, body, networkOf(request.ip));
        setSignInCookie(reply, token);
        return me(c, person, id);
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
        const known = await isKnownNetwork(c, body.login, network);
        tries.take(network, body.login, known, begun);
        const signedIn = await signInByPassword(c, face, body, network, (work) => scrypt.run(work, network, known));
        tries.forgive(network, body.login, begun);
        setSignInCookie(reply, signedIn.token);
        return me(c, signedIn.person, signedIn.id);
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
        await signOut(c, caller);
        clearSignInCookie(reply);
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
