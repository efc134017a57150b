import type { Problem } from "../../protocol/api/problem.ts";
import type { ErrorCode } from "../../protocol/error.ts";
import { watchingHeader } from "../../protocol/watching.ts";
import { takeTouch } from "./watching.ts";

/** A refusal of the API, or `server-unreachable` when no answer came, or not all of it, or not from the API. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly reasons: readonly string[];

  constructor(code: ErrorCode, status: number, detail?: string, reasons: readonly string[] = []) {
    super(detail ?? code);
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.reasons = reasons;
  }
}

/**
 * GET as JSON of type `T`; throws {@link ApiError}. A page asks most of it by itself: only after a touch, or where a button says
 * so, is it an act that keeps somebody signed in.
 */
export function ask<T>(path: string, by: "page" | "act" = "page"): Promise<T> {
  const act = takeTouch() || by === "act";
  return call<T>(path, { method: "GET", ...(act ? {} : { headers: { [watchingHeader]: "1" } }) });
}

/** POST of JSON, reply as JSON of type `T`; throws {@link ApiError}. */
export function send<T = unknown>(path: string, body: object = {}): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store", redirect: "error" });
    text = await response.text();
  } catch {
    throw new ApiError("server-unreachable", 0);
  }
  const value = parse(text);
  // The sign-in page of a guest network answers 200 to everything; taken for a reply, it would be a success.
  if (response.ok && value === undefined && text !== "") throw new ApiError("server-unreachable", 0);
  if (response.ok) return value as T;
  const problem = (value ?? {}) as Partial<Problem>;
  throw new ApiError(problem.code ?? "internal", response.status, problem.detail, problem.reasons ?? []);
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
