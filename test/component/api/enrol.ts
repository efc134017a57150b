import { enrolmentLink } from "../../../authority/enrolment.ts";
import { faceOrigin, faceRp } from "../../../authority/hosts.ts";
import type { Face } from "../../../protocol/face.ts";
import { Passkey } from "../../passkey.ts";
import { assertionJson } from "../authority/parts.ts";
import { hosts, type Name } from "../authority/world.ts";
import { type Answer, Faces } from "./world.ts";

export interface Begun {
  readonly ceremony: string;
  readonly options: { readonly challenge: string; readonly rpId?: string };
  readonly totp: { readonly secret: string; readonly uri: string } | null;
}

export const password = "correct horse battery";

export async function linkOf(f: Faces, name: Name): Promise<string> {
  const { people, store, clock } = f.world;
  const link = await enrolmentLink(store, hosts, people[name].login, new Date(clock));
  return new URL(link?.url ?? "http://none").hash.slice(1);
}

export const beginEnrolment = async (f: Faces, face: Face, code: string) =>
  (await f.post<Begun>(face, "/api/enrolment/begin", { code })).body;

export const keyOf = (face: Face) => new Passkey(faceRp(hosts, face), faceOrigin(hosts, face));

/** Enrols by a link, as the page does. */
export async function enrol(f: Faces, name: Name, passkey = keyOf(f.world.people[name].face)): Promise<Answer> {
  const { face } = f.world.people[name];
  const code = await linkOf(f, name);
  const { ceremony, options } = await beginEnrolment(f, face, code);
  const response = passkey.register(options.challenge);
  return f.post(face, "/api/enrolment/passkey", { code, ceremony, response, label: "key" });
}

export const beginSignIn = async (f: Faces, face: Face) => (await f.post<Begun>(face, "/api/sign-in/begin")).body;

export async function signIn(f: Faces, face: Face, passkey: Passkey): Promise<Answer> {
  const { ceremony, options } = await beginSignIn(f, face);
  return f.post(face, "/api/sign-in/passkey", { ceremony, response: assertionJson(passkey, options.challenge) });
}
