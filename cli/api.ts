import type { IncomingMessage } from "node:http";
import type { Static, TSchema } from "typebox";
import { Check } from "typebox/value";
import { accessTokenHash, makeDpopProof } from "../crypto/dpop.ts";
import type { ProgramKey } from "../crypto/program-key.ts";
import { publicJwkOf } from "../crypto/public-jwk.ts";
import { randomToken } from "../crypto/random.ts";
import { OAuthError, Problem } from "../protocol/api/problem.ts";
import { type ErrorCode, GenkanError, isErrorCode } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { version, versionHeader } from "../protocol/version.ts";
import { withDefusedWords } from "../protocol/words.ts";
import { readBody, send } from "./http.ts";

export interface ApiOptions {
  readonly origin: string;
  /** Whose face that is; null before anybody signed in there. */
  readonly face: Face | null;
  /** Certificates trusted besides those of the system, PEM. */
  readonly ca: string | null;
  /** The key that access tokens are bound to. */
  readonly key: ProgramKey;
  readonly accessToken: string | null;
  /** Wall time, milliseconds. */
  readonly now: () => number;
}

/** A `Date` header tells seconds, and travels; below this it says nothing about our clock. */
export const wrongClockMs = 5_000;

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly type?: string;
  readonly body?: string;
  /** Whether the request shows that the key is held (RFC 9449). */
  readonly dpop: boolean;
}

/**
 * The authority's API as the command line uses it: each request shows the token and proves the key it is bound to.
 * Answers are checked against their schema; refusals become GenkanErrors with the server's code and reasons.
 */
export class Api {
  readonly #options: ApiOptions;
  /** Server's clock minus ours, milliseconds, as the last answer told it; and as the last proof took it. */
  #skewMs = 0;
  #provenSkewMs = 0;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  get origin(): string {
    return this.#options.origin;
  }

  get face(): Face | null {
    return this.#options.face;
  }

  /** Server's clock minus ours, milliseconds; 0 while nothing shows that they differ. */
  get clockSkewMs(): number {
    return Math.abs(this.#skewMs) < wrongClockMs ? 0 : this.#skewMs;
  }

  /** Wall time as this computer sees it, right or wrong; for what is compared with it later. */
  localNow(): number {
    return this.#options.now();
  }

  /** Wall time as the server sees it. */
  serverNow(): number {
    return this.#options.now() + this.clockSkewMs;
  }

  withToken(accessToken: string): Api {
    return new Api({ ...this.#options, accessToken });
  }

  async get<S extends TSchema>(path: string, reply: S): Promise<Static<S>> {
    return parse(await this.#bytes({ method: "GET", path, dpop: true }), reply);
  }

  async post<S extends TSchema>(path: string, body: object, reply: S): Promise<Static<S>> {
    return parse(await this.#post(path, body), reply);
  }

  /** For calls whose answer tells nothing that is needed here. */
  async order(path: string, body: object): Promise<void> {
    await this.#post(path, body);
  }

  /** The OAuth endpoints take forms (RFC 8628, section 3.1). */
  async form<S extends TSchema>(
    path: string,
    fields: Record<string, string>,
    reply: S,
    dpop: boolean,
  ): Promise<Static<S>> {
    const body = new URLSearchParams(fields).toString();
    const type = "application/x-www-form-urlencoded";
    return parse(await this.#bytes({ method: "POST", path, type, body, dpop }), reply);
  }

  /** A body too large to be held; the caller reads it. */
  async stream(path: string): Promise<IncomingMessage> {
    return this.#send({ method: "GET", path, dpop: true });
  }

  #post(path: string, body: object): Promise<Buffer> {
    return this.#bytes({ method: "POST", path, type: "application/json", body: JSON.stringify(body), dpop: true });
  }

  async #bytes(call: Call): Promise<Buffer> {
    return readBody(await this.#send(call));
  }

  /** A proof that is refused is made once more if our clock turned out wrong: laptops drift, and sleep. */
  async #send(call: Call): Promise<IncomingMessage> {
    try {
      return await this.#once(call);
    } catch (error) {
      const wrong = Math.abs(this.clockSkewMs - this.#provenSkewMs) >= wrongClockMs;
      if (!(error instanceof GenkanError) || error.code !== "dpop-invalid" || !wrong) throw error;
      return this.#once(call);
    }
  }

  async #once(call: Call): Promise<IncomingMessage> {
    const url = new URL(call.path, this.#options.origin);
    const { accessToken, ca } = this.#options;
    const headers: Record<string, string> = { accept: "application/json", [versionHeader]: version };
    if (call.type) headers["content-type"] = call.type;
    if (call.dpop) headers["dpop"] = await this.#proof(call.method, url);
    if (call.dpop && accessToken !== null) headers["authorization"] = `DPoP ${accessToken}`;
    const answer = await send({
      method: call.method,
      url,
      headers,
      ca,
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const date = Date.parse(answer.headers.date ?? "");
    if (!Number.isNaN(date)) this.#skewMs = date - this.#options.now();
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) throw failureOf(status, await readBody(answer));
    return answer;
  }

  #proof(htm: string, url: URL): Promise<string> {
    const { key, accessToken } = this.#options;
    this.#provenSkewMs = this.clockSkewMs;
    return makeDpopProof(key.privateKey, publicJwkOf(key.publicKey), {
      htm,
      htu: url.href,
      jti: randomToken(16),
      iat: Math.floor(this.serverNow() / 1_000),
      ...(accessToken === null ? {} : { ath: accessTokenHash(accessToken) }),
    });
  }
}

function parse<S extends TSchema>(body: Buffer, schema: S): Static<S> {
  const value = json(body);
  if (Check(schema, value)) return value;
  const shown = withDefusedWords(schema, value);
  if (!Check(schema, shown)) throw new GenkanError("internal", "The server's answer is not of the agreed form.");
  return shown;
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** OAuth's own words for what our table has (RFC 8628, section 3.5; RFC 9449, section 5). */
const oauthCodes: Readonly<Record<string, ErrorCode>> = {
  invalid_request: "bad-request",
  invalid_dpop_proof: "dpop-invalid",
  use_dpop_nonce: "dpop-invalid",
};

export function failureOf(status: number, body: Buffer): GenkanError {
  const value = json(body);
  if (Check(Problem, value) && isErrorCode(value.code))
    return new GenkanError(value.code, value.detail, { reasons: value.reasons });
  if (Check(OAuthError, value)) {
    const code = oauthCodes[value.error] ?? value.error.replaceAll("_", "-");
    if (isErrorCode(code)) return new GenkanError(code, value.error_description);
    return new GenkanError("internal", value.error);
  }
  return new GenkanError("internal", `The server answered ${status}.`);
}
