import type { PersonCaller } from "../authority/caller.ts";
import type { Context } from "../authority/context.ts";
import { endOwnSignIns, nameOwnWorkstation, ownAccount, removeOwnWorkstation } from "../authority/own-account.ts";
import { addOwnPasskey, beginOwnPasskey, nameOwnPasskey, removeOwnPasskey } from "../authority/own-passkey.ts";
import { beginOwnPassword, changeOwnPassword } from "../authority/own-password.ts";
import {
  OwnAccount,
  PasskeyAdd,
  PasskeyBegin,
  PasswordBegin,
  PasswordChange,
  Renamed,
} from "../protocol/api/own-account.ts";
import { faces } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { Nothing } from "../protocol/schema.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";
import { TryBudget } from "./try-budget.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Staff have no password and no workstation. */
const portal = ["portal"] as const;

/** What is a person's own: passkeys, password, computers and sign-ins. Each answers with the whole. */
export function ownAccountRoutes(c: Context, scrypt: WaitingRoom): Endpoint[] {
  // Whoever sits at an open sign-in guesses no more passwords than a stranger.
  const guesses = new TryBudget(limits.signInFailures, limits.signInFailuresWindowMs);
  const own = (caller: PersonCaller) => ownAccount(c, caller);
  const after = async (caller: PersonCaller, work: Promise<void>) => {
    await work;
    return own(caller);
  };
  const account = { faces, permission: "signed-in", reply: OwnAccount } as const;
  const passkey = { ...account, params: PathId("authenticator") };
  const workstation = { ...account, faces: portal, params: PathId("workstation") };
  return [
    endpoint({
      ...account,
      method: "GET",
      url: "/api/account",
      audit: "own-account.read",
      handle: ({ caller }) => own(caller),
    }),
    endpoint({
      method: "POST",
      url: "/api/account/passkeys/begin",
      faces,
      permission: "signed-in",
      audit: "passkey.add",
      body: PasskeyBegin.body,
      reply: PasskeyBegin.reply,
      handle: ({ caller, body }) => beginOwnPasskey(c, caller, body.renews),
    }),
    endpoint({
      ...account,
      method: "POST",
      url: "/api/account/passkeys",
      audit: "passkey.add",
      body: PasskeyAdd,
      handle: ({ caller, body, request }) => {
        if ("password" in body.proof) guesses.take(caller.person.id, c.now().getTime());
        const network = networkOf(request.ip);
        return after(
          caller,
          addOwnPasskey(c, caller, body, (work) => scrypt.run(work, network)),
        );
      },
    }),
    endpoint({
      ...passkey,
      method: "POST",
      url: "/api/account/passkeys/:id",
      audit: "passkey.name",
      body: Renamed,
      handle: ({ caller, params, body }) => after(caller, nameOwnPasskey(c, caller, params.id, body.label)),
    }),
    endpoint({
      ...passkey,
      method: "POST",
      url: "/api/account/passkeys/:id/removal",
      audit: "passkey.remove",
      body: Nothing,
      handle: ({ caller, params }) => after(caller, removeOwnPasskey(c, caller, params.id)),
    }),
    endpoint({
      method: "POST",
      url: "/api/account/password/begin",
      faces: portal,
      permission: "signed-in",
      audit: "password.change",
      body: Nothing,
      reply: PasswordBegin.reply,
      handle: ({ caller }) => beginOwnPassword(c, caller),
    }),
    endpoint({
      ...account,
      method: "POST",
      url: "/api/account/password",
      faces: portal,
      audit: "password.change",
      body: PasswordChange,
      handle: ({ caller, body, request }) => {
        guesses.take(caller.person.id, c.now().getTime());
        const network = networkOf(request.ip);
        return after(
          caller,
          changeOwnPassword(c, caller, body, (work) => scrypt.run(work, network)),
        );
      },
    }),
    endpoint({
      ...workstation,
      method: "POST",
      url: "/api/account/workstations/:id",
      audit: "workstation.name",
      body: Renamed,
      handle: ({ caller, params, body }) => after(caller, nameOwnWorkstation(c, caller, params.id, body.label)),
    }),
    endpoint({
      ...workstation,
      method: "POST",
      url: "/api/account/workstations/:id/removal",
      audit: "workstation.remove",
      body: Nothing,
      handle: ({ caller, params }) => after(caller, removeOwnWorkstation(c, caller, params.id)),
    }),
    endpoint({
      ...account,
      method: "POST",
      url: "/api/account/sign-ins/:id/end",
      audit: "sign-in.end",
      params: PathId("signIn"),
      body: Nothing,
      handle: ({ caller, params }) => after(caller, endOwnSignIns(c, caller, params.id)),
    }),
    endpoint({
      ...account,
      method: "POST",
      url: "/api/account/other-sign-ins/end",
      audit: "sign-in.end",
      body: Nothing,
      handle: ({ caller }) => after(caller, endOwnSignIns(c, caller, "others")),
    }),
  ];
}
