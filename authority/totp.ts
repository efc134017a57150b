import { generateSecret, generateURI, verify } from "otplib";
import { GenkanError } from "../protocol/error.ts";

/** RFC 6238: SHA-1, 30 s, 6 digits, as every authenticator app takes it. */
export function makeTotp(login: string): { secret: string; uri: string } {
  const secret = generateSecret();
  return { secret, uri: generateURI({ issuer: "Genkan", label: login, secret }) };
}

/** One step of 30 s of drift either way. */
const toleranceSeconds = 30;

/**
 * The time step that a code belongs to; throws `totp-invalid`. Steps up to `afterStep` are used (RFC 6238, section 5.2):
 * the caller keeps the returned one in the same transaction that signs in.
 */
export async function totpStep(code: string, secret: string, afterStep: number | null, now: Date): Promise<number> {
  const result = await verify({
    token: code,
    secret,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: toleranceSeconds,
    ...(afterStep === null ? {} : { afterTimeStep: afterStep }),
  });
  if (!result.valid || !("timeStep" in result)) throw new GenkanError("totp-invalid");
  return result.timeStep;
}
