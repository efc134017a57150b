import { type OutgoingHttpHeaders, request } from "node:http";
import type { Static } from "typebox";
import type { ApprovalBegin } from "../../protocol/api/approval.ts";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { Problem } from "../../protocol/api/problem.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { SignInBegin } from "../../protocol/api/sign-in.ts";
import { limits } from "../../protocol/limits.ts";
import type { Window } from "../../protocol/window.ts";
import type { Passkey } from "../passkey.ts";

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly cookie: string | null;
}

export interface CallOptions {
  readonly body?: object;
  /** Instead of a body of JSON: fields of a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly cookie?: string | null;
  readonly headers?: OutgoingHttpHeaders;
  /** One of this machine's loopback addresses. */
  readonly from?: string;
  /** Port to dial, where it is not the origin's own. */
  readonly port?: number;
}

/** One call of the API as a page of this origin makes it. Names under .localhost are this machine. */
export function call<T>(origin: string, method: "GET" | "POST", path: string, o: CallOptions = {}): Promise<Answer<T>> {
  const { host, port } = new URL(origin);
  const form = o.form && new URLSearchParams(o.form).toString();
  const text = form ?? (o.body && JSON.stringify(o.body));
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port: o.port ?? port,
      method,
      path,
      agent: false,
      timeout: limits.apiReplyMs,
      ...(o.from === undefined ? {} : { localAddress: o.from }),
      headers: {
        host,
        origin,
        ...(o.cookie ? { cookie: `__Host-genkan=${o.cookie}` } : {}),
        ...(text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) }),
        ...o.headers,
      },
    });
    sent.once("error", reject);
    sent.once("timeout", () => sent.destroy(new Error(`${method} ${path} was not answered.`)));
    sent.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const whole = Buffer.concat(chunks).toString();
        const json = response.headers["content-type"]?.includes("json") && !whole.includes("\n");
        const cookie = /__Host-genkan=([^;]*)/.exec(response.headers["set-cookie"]?.join() ?? "")?.[1] ?? null;
        resolve({ status: response.statusCode ?? 0, body: (json ? JSON.parse(whole) : whole) as T, cookie });
      });
    });
    sent.end(text);
  });
}

/** Somebody with a passkey, who signs in and calls the API of their face. */
export class Person {
  readonly origin: string;
  readonly passkey: Passkey;
  /** Port to dial, where it is not the origin's own. */
  readonly port: number | undefined;
  cookie: string | null = null;

  constructor(origin: string, passkey: Passkey, port?: number) {
    this.origin = origin;
    this.passkey = passkey;
    this.port = port;
  }

  async signIn(): Promise<this> {
    const { body } = await this.ask<Static<typeof SignInBegin.reply>>("POST", "/api/sign-in/begin", {});
    const response = this.assertion((body.options as { challenge: string }).challenge);
    const answer = await this.ask("POST", "/api/sign-in/passkey", { ceremony: body.ceremony, response });
    if (answer.cookie === null) throw new Error(`The sign-in answered ${JSON.stringify(answer)}.`);
    this.cookie = answer.cookie;
    return this;
  }

  /** AuthenticationResponseJSON of WebAuthn Level 3. */
  assertion(challenge: string): object {
    const { authenticatorData, clientDataJson, signature } = this.passkey.sign(challenge);
    return {
      id: this.passkey.credential,
      rawId: this.passkey.credential,
      type: "public-key",
      clientExtensionResults: {},
      response: { authenticatorData, clientDataJSON: clientDataJson, signature },
    };
  }

  ask<T>(method: "GET" | "POST", path: string, body?: object): Promise<Answer<T>> {
    return call<T>(this.origin, method, path, {
      cookie: this.cookie,
      ...(body === undefined ? {} : { body }),
      ...(this.port === undefined ? {} : { port: this.port }),
    });
  }

  /** The same, for what must be granted. */
  async get<T>(path: string): Promise<T> {
    return granted(await this.ask<T>("GET", path), path);
  }

  async post<T>(path: string, body: object = {}): Promise<T> {
    return granted(await this.ask<T>("POST", path, body), path);
  }

  /** The code of the problem that this call must meet. */
  async refused(method: "GET" | "POST", path: string, body?: object): Promise<string> {
    const answer = await this.ask<Problem>(method, path, body);
    if (answer.status < 400) throw new Error(`${path} was granted: ${JSON.stringify(answer.body)}`);
    return [answer.body.code, ...answer.body.reasons].join(" ");
  }

  async approve(asked: RequestView, windows: Window[] = asked.windows): Promise<GrantView> {
    type Begun = Static<typeof ApprovalBegin.reply>;
    const begun = await this.post<Begun>(`/api/requests/${asked.id}/approval/begin`, { windows });
    const response = this.assertion((begun.options as { challenge: string }).challenge);
    const path = `/api/requests/${asked.id}/approval`;
    const { grant } = await this.post<{ grant: GrantView | null }>(path, { ceremony: begun.ceremony, response });
    if (!grant) throw new Error(`${asked.id} waits for more approvals`);
    return grant;
  }
}

function granted<T>(answer: Answer<T>, path: string): T {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
