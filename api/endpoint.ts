import type { FastifyReply, FastifyRequest } from "fastify";
import type { Static, TSchema } from "typebox";
import type { PersonCaller } from "../authority/caller.ts";
import type { ActionName } from "../protocol/audit.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import type { Role } from "../protocol/person.ts";

/** Who may call: anybody, anybody who is signed in, or who holds one of these roles. */
export type Permission = "public" | "signed-in" | readonly Role[];

/** Everything that a route must declare; one without it stops the start. */
export interface Declared {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly faces: readonly Face[];
  readonly permission: Permission;
  /** Name under which refusals, and what has no better one, stand in the log. */
  readonly audit: ActionName;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Media type of the body where it is not JSON. */
  readonly form?: boolean;
  readonly body?: TSchema;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly reply: TSchema | null;
  readonly status?: number;
}

export interface Call<B, P, Q, C> {
  readonly body: B;
  readonly params: P;
  readonly query: Q;
  readonly caller: C;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

type Of<S> = S extends TSchema ? Static<S> : undefined;

export interface Endpoint extends Declared {
  handle(call: Call<unknown, unknown, unknown, PersonCaller | null>): Promise<unknown>;
}

/** Declares one route; the handler's types follow from the schemas, and whether there is a caller from the permission. */
export function endpoint<
  const Perm extends Permission,
  B extends TSchema | undefined = undefined,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  R extends TSchema | null = null,
>(
  declared: Omit<Declared, "permission" | "body" | "params" | "query" | "reply" | "bodyLimit"> & {
    permission: Perm;
    body?: B;
    params?: P;
    query?: Q;
    reply: R;
    bodyLimit?: number;
    handle(
      call: Call<Of<B>, Of<P>, Of<Q>, Perm extends "public" ? PersonCaller | null : PersonCaller>,
    ): Promise<R extends TSchema ? Static<R> : unknown>;
  },
): Endpoint {
  return { bodyLimit: declared.method === "GET" ? 1 : limits.bodyBytes, ...declared } as unknown as Endpoint;
}
