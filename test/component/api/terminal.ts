import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { faceOrigin } from "../../../authority/hosts.ts";
import { accessTokenHash, makeDpopProof } from "../../../crypto/dpop.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { randomToken } from "../../../crypto/random.ts";
import { signWithJwk } from "../../../crypto/statement.ts";
import type { Face } from "../../../protocol/face.ts";
import type { PublicJwk } from "../../../protocol/workstation.ts";
import { hosts, type Name } from "../authority/world.ts";
import { type Answer, Faces } from "./world.ts";

export interface Key {
  readonly privateKey: KeyObject;
  readonly jwk: PublicJwk;
}

export function makeKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, jwk: publicJwkOf(publicKey) };
}

export const seconds = (ms: number) => Math.floor(ms / 1000);

/** A DPoP proof for a request to a face; every part can be another. */
export function proof(
  f: Faces,
  key: Key,
  o: { htm?: string; htu?: string; token?: string; ath?: string; jti?: string; iat?: number },
) {
  return makeDpopProof(key.privateKey, key.jwk, {
    htm: o.htm ?? "GET",
    htu: o.htu ?? `${hosts.portal}/api/me`,
    jti: o.jti ?? randomToken(),
    iat: o.iat ?? seconds(f.world.clock),
    ...(o.ath !== undefined ? { ath: o.ath } : o.token === undefined ? {} : { ath: accessTokenHash(o.token) }),
  });
}

/** A terminal that signs in by the device flow (RFC 8628). */
export class Terminal {
  readonly f: Faces;
  readonly face: Face;
  readonly workstation = makeKey();
  readonly dpop = makeKey();
  deviceCode = "";
  userCode = "";

  constructor(f: Faces, face: Face) {
    this.f = f;
    this.face = face;
  }

  async begin(o: { proof?: string } = {}): Promise<Answer> {
    const form: Record<string, string> = { client_id: "genkan-cli", workstation_label: "terminal" };
    if (this.face === "portal")
      form.workstation_proof = o.proof ?? (await this.enrolment("device-authorization", this.workstation));
    const answer = await this.f.ask(this.face, "POST", "/oauth/device_authorization", { form, headers: bare });
    const { device_code: device = "", user_code: user = "" } = answer.body as Record<string, string>;
    [this.deviceCode, this.userCode] = [device, user];
    return answer;
  }

  enrolment(subject: string, key: Key, origin = faceOrigin(hosts, this.face), ms = 0): Promise<string> {
    const issuedAt = this.f.world.at(ms);
    return signWithJwk("genkan/enrolment/v1", { origin, subject, issuedAt }, key.privateKey, key.jwk);
  }

  /** Asks for the token; `null` for no proof. */
  async poll(key: Key | null = this.dpop, deviceCode = this.deviceCode): Promise<Answer> {
    const grant = "urn:ietf:params:oauth:grant-type:device_code";
    const form = { grant_type: grant, device_code: deviceCode, client_id: "genkan-cli" };
    const htu = `${faceOrigin(hosts, this.face)}/oauth/token`;
    const headers = key === null ? bare : { ...bare, dpop: await proof(this.f, key, { htm: "POST", htu }) };
    return this.f.ask(this.face, "POST", "/oauth/token", { form, headers });
  }
}

/** No browser sends this. */
export const bare = { origin: null, "sec-fetch-site": null };

/** A person confirms in a browser whose workstation key signs, as the page does. */
export async function confirm(
  t: Terminal,
  name: Name,
  o: { verdict?: string; proof?: string | null; as?: string; userCode?: string } = {},
) {
  const { f } = t;
  const as = o.as ?? (await f.token(name));
  const computer = f.world.computers.get(name);
  const userCode = o.userCode ?? t.userCode;
  const signed = computer && t.face === "portal" ? await t.enrolment(`device-code:${userCode}`, computer) : null;
  const body = { userCode, verdict: o.verdict ?? "confirm", proof: o.proof === undefined ? signed : o.proof };
  return f.post(t.face, "/api/device-codes/confirmation", body, { as });
}
