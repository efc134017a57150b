import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { PasskeyError } from "./passkey-error.ts";

/** Runs the browser's registration; the response as JSON. Throws {@link PasskeyError}. */
export function createPasskey(options: object): Promise<object> {
  return run("stopped", () => startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }));
}

/** Runs the browser's assertion; the response as JSON. Throws {@link PasskeyError}. */
export function signWithPasskey(options: object): Promise<object> {
  return run("unanswered", () =>
    startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }),
  );
}

async function run(silence: PasskeyError["kind"], ceremony: () => Promise<object>): Promise<object> {
  if (!browserSupportsWebAuthn()) throw new PasskeyError("unsupported", undefined);
  try {
    return await ceremony();
  } catch (error) {
    throw new PasskeyError(kindOf(error, silence), error);
  }
}

function kindOf(error: unknown, silence: PasskeyError["kind"]): PasskeyError["kind"] {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return silence;
  return name === "InvalidStateError" ? "known" : "failed";
}
