import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorCode } from "../protocol/error.ts";
import { valuesOf } from "./http-field.ts";
import type { Page } from "./http-page.ts";

/** Why a request is not served: a page, and what the recording says of it. */
export interface Refusal {
  readonly page: Page;
  readonly code: ErrorCode;
}

/** Who may use a session's web service. It is asked of every request before the device hears of it. */
export interface Entrance {
  /** Why a request can't be for this session: it names another host. What it names is {@link hostOf} otherwise. */
  misled(req: IncomingMessage): Refusal | undefined;
  /** Path of the agent's own form, and what answers it: it returns why nobody enters, or has answered. */
  readonly form?: {
    readonly path: string;
    answer(req: IncomingMessage, res: ServerResponse): Promise<Refusal | undefined>;
  };
  /** Why whoever asks may not: somebody who has not entered, or a page elsewhere that uses somebody's browser. */
  stranger(req: IncomingMessage): Refusal | undefined;
}

/** This service as the client names it in a request that is not misled: lower case, with its port. */
export function hostOf(req: IncomingMessage): string {
  return (valuesOf(req.rawHeaders, "host")[0] ?? "").toLowerCase();
}

/** Everything below it is the agent's own and never reaches a device. */
export const ownPrefix = "/.genkan/";
