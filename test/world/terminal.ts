import type { Static } from "typebox";
import { accessTokenHash, makeDpopProof } from "../../crypto/dpop.ts";
import { createProgramKey, type ProgramKey } from "../../crypto/program-key.ts";
import { publicJwkOf } from "../../crypto/public-jwk.ts";
import { randomToken } from "../../crypto/random.ts";
import { signWithJwk } from "../../crypto/statement.ts";
import type { DeviceAuthorization, Token } from "../../protocol/api/device-code.ts";
import { type Answer, call } from "./person.ts";
import type { Technician } from "./technician.ts";

/** The token of a terminal that a technician's browser confirmed, and the key that it is bound to. */
export interface Terminal {
  readonly origin: string;
  readonly token: string;
  readonly key: ProgramKey;
}

/** The device flow of `genkan login` (RFC 8628), confirmed by the technician's own browser. */
export async function confirmedTerminal(technician: Technician): Promise<Terminal> {
  const { origin } = technician;
  const own = createProgramKey();
  const key = createProgramKey();
  const shown = (subject: string, by: ProgramKey) =>
    signWithJwk(
      "genkan/enrolment/v1",
      { origin, subject, issuedAt: new Date().toISOString() },
      by.privateKey,
      publicJwkOf(by.publicKey),
    );
  const begun = await call<Static<typeof DeviceAuthorization.reply>>(origin, "POST", "/oauth/device_authorization", {
    form: {
      client_id: "genkan-cli",
      workstation_label: "terminal",
      workstation_proof: await shown("device-authorization", own),
    },
  });
  const userCode = begun.body.user_code;
  const proof = await shown(`device-code:${userCode}`, technician.workstation);
  await technician.post("/api/device-codes/confirmation", { userCode, verdict: "confirm", proof });
  const { body } = await call<Static<typeof Token.reply>>(origin, "POST", "/oauth/token", {
    form: {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: begun.body.device_code,
      client_id: "genkan-cli",
    },
    headers: { dpop: await dpop(key, "POST", `${origin}/oauth/token`) },
  });
  return { origin, token: body.access_token, key };
}

export function dpop(key: ProgramKey, htm: string, htu: string, token?: string): Promise<string> {
  return makeDpopProof(key.privateKey, publicJwkOf(key.publicKey), {
    htm,
    htu,
    jti: randomToken(),
    iat: Math.floor(Date.now() / 1_000),
    ...(token === undefined ? {} : { ath: accessTokenHash(token) }),
  });
}

/** A call with the token; `proof` is what is shown with it. */
export function withToken<T>(terminal: Terminal, path: string, proof: string | undefined): Promise<Answer<T>> {
  const headers = { authorization: `DPoP ${terminal.token}`, ...(proof === undefined ? {} : { dpop: proof }) };
  return call<T>(terminal.origin, "GET", path, { headers });
}
