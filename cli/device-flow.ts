import type Type from "typebox";
import type { ProgramKey } from "../crypto/program-key.ts";
import { publicJwkOf } from "../crypto/public-jwk.ts";
import { signWithJwk } from "../crypto/statement.ts";
import { DeviceAuthorization, Token as TokenEndpoint } from "../protocol/api/device-code.ts";
import type { CliToken } from "../protocol/cli-state.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { type Api, wrongClockMs } from "./api.ts";
import { ownPage } from "./own-page.ts";

/** What the person is shown: the page to open, and the code to type there. */
export interface UserCode {
  readonly userCode: string;
  readonly verificationUri: string;
  readonly expiresAt: string;
}

export interface DeviceFlow {
  readonly api: Api;
  /** A technician's workstation: its key joins that of the browser which confirms. Staff have none here. */
  readonly workstation: { readonly key: ProgramKey; readonly label: string } | null;
  readonly show: (code: UserCode) => void;
  /** Resolves after `ms`; rejects when the person gave up. */
  readonly wait: (ms: number) => Promise<void>;
}

/** RFC 8628, section 3.5: each `slow_down` adds five seconds. */
const slowDownMs = 5_000;

/**
 * Signs in by the device flow (RFC 8628) with a token bound to our key (RFC 9449). Throws `access-denied`,
 * `expired-token`, `invalid-grant`, what the server said, or `internal` when it would lead to a page that is not its own.
 * A server out of reach is asked again, with growing waits.
 */
export async function signInByDevice({ api, workstation, show, wait }: DeviceFlow): Promise<CliToken> {
  const begun = await begin(api, workstation);
  const deadline = api.serverNow() + begun.expires_in * 1_000;
  show({
    userCode: begun.user_code,
    verificationUri: ownPage(begun.verification_uri, api.origin),
    expiresAt: new Date(deadline).toISOString(),
  });
  let interval = Math.max(begun.interval * 1_000, limits.deviceCodePollMs);
  while (api.serverNow() < deadline) {
    await wait(interval);
    try {
      return await fetchToken(api, begun.device_code);
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      if (error.code === "slow-down") interval += slowDownMs;
      else if (error.code === "server-unreachable" || error.code === "reply-timeout") interval *= 2;
      else if (error.code !== "authorization-pending") throw error;
    }
  }
  throw new GenkanError("expired-token");
}

/** The workstation's statement tells a time; one that is refused is made once more if our clock turned out wrong. */
async function begin(
  api: Api,
  workstation: DeviceFlow["workstation"],
): Promise<Type.Static<typeof DeviceAuthorization.reply>> {
  const ask = async () => {
    const fields = { client_id: "genkan-cli", ...(workstation ? await workstationFields(api, workstation) : {}) };
    return api.form("/oauth/device_authorization", fields, DeviceAuthorization.reply, false);
  };
  const known = api.clockSkewMs;
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GenkanError) || Math.abs(api.clockSkewMs - known) < wrongClockMs) throw error;
    return ask();
  }
}

async function fetchToken(api: Api, deviceCode: string): Promise<CliToken> {
  const token = await api.form(
    "/oauth/token",
    {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: deviceCode,
      client_id: "genkan-cli",
    },
    TokenEndpoint.reply,
    true,
  );
  return {
    accessToken: token.access_token,
    expiresAt: new Date(api.localNow() + token.expires_in * 1_000).toISOString(),
  };
}

async function workstationFields(api: Api, { key, label }: { key: ProgramKey; label: string }) {
  const jwk = publicJwkOf(key.publicKey);
  const proof = await signWithJwk(
    "genkan/enrolment/v1",
    { origin: api.origin, subject: "device-authorization", issuedAt: new Date(api.serverNow()).toISOString() },
    key.privateKey,
    jwk,
  );
  return {
    workstation_proof: proof,
    workstation_label: label.slice(0, limits.nameCharacters),
  };
}
