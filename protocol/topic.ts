import Type from "typebox";
import { OneOf, Strict } from "./schema.ts";

/**
 * Names of what changed. Pages and the other processes of an installation are told a topic and nothing else, and read
 * the rest themselves, so a missed message costs a delay and no more.
 */
export const topics = [
  "requests",
  "grants",
  "sessions",
  "locks",
  "agents",
  "audit",
  "trust",
  "register",
  "me",
] as const;
export type Topic = (typeof topics)[number];

/** What processes of one installation tell each other over the bus: the topics, and which process says so. */
export const BusHint = Strict({ from: Type.String({ maxLength: 64 }), topics: Type.Array(OneOf(topics)) });
export type BusHint = Type.Static<typeof BusHint>;
