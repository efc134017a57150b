import type { Context } from "../authority/context.ts";
import { beginEnrolment, enrolPasskey, enrolPassword } from "../authority/enrolment.ts";
import { me } from "../authority/sign-in.ts";
import { EnrolmentBegin, EnrolmentPasskey, EnrolmentPassword } from "../protocol/api/enrolment.ts";
import { type Face, faces } from "../protocol/face.ts";
import { networkOf } from "../protocol/network.ts";
import { setSignInCookie } from "./cookie.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Enrolment by a one-time link: an authenticator for a person who has none in force, and the first sign-in with it. */
export function enrolmentRoutes(c: Context, face: Face, scrypt: WaitingRoom): Endpoint[] {
  return [
    endpoint({
      method: "POST",
      url: "/api/enrolment/begin",
      faces,
      permission: "public",
      audit: "enrolment.begin",
      body: EnrolmentBegin.body,
      reply: EnrolmentBegin.reply,
      handle: ({ body }) => beginEnrolment(c, face, body.code),
    }),

    endpoint({
      method: "POST",
      url: "/api/enrolment/passkey",
      faces,
      permission: "public",
      audit: "enrolment.passkey",
      body: EnrolmentPasskey.body,
      reply: EnrolmentPasskey.reply,
      handle: async ({ body, reply, request }) => {
        const { id, token, person } = await enrolPasskey(c, face, body, networkOf(request.ip));
        setSignInCookie(reply, token);
        return me(c, person, id);
      },
    }),

    endpoint({
      method: "POST",
      url: "/api/enrolment/password",
      faces: ["portal"],
      permission: "public",
      audit: "enrolment.password",
      body: EnrolmentPassword.body,
      reply: EnrolmentPassword.reply,
      handle: async ({ body, reply, request }) => {
        const network = networkOf(request.ip);
        const { id, token, person } = await enrolPassword(c, face, body, network, (work) => scrypt.run(work, network));
        setSignInCookie(reply, token);
        return me(c, person, id);
      },
    }),
  ];
}
