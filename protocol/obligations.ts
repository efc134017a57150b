import Type from "typebox";
import { Requirements } from "./approvers.ts";
import { Count, LineText, Nullable, OneOf, Strict } from "./schema.ts";

/**
 * What whoever uses a grant is held to, beyond its windows and services. It stands in the grant, so that the agent holds what
 * was signed; a member that an agent can't keep it refuses by name, before it dials.
 */
export const Obligations = Strict({
  /** Persons that must have said yes, beyond what the rule of the list of approvers wants; null for no more. */
  requirement: Nullable(Requirements),
  /** The least that is recorded: bytes of each connection, one row for each request where the protocol has them, or all of it. */
  recording: OneOf(["counts", "rows", "stream"]),
  /** Bytes from the client to the device, and back, in all sessions of the grant; null for no bound. */
  bytes: Strict({ up: Nullable(Count), down: Nullable(Count) }),
  /** Ways in which files may pass; null where they are not told from other bytes. */
  files: Nullable(OneOf(["none", "up", "down", "both"])),
  /** Whether somebody of the hospital must watch: all the time, or by joining at will. */
  supervision: OneOf(["none", "watched", "joined"]),
  /** Whether somebody at the device must agree before a session begins. */
  consent: OneOf(["none", "at-device"]),
  /** Words that the technician must have seen. */
  warnings: Type.Array(LineText(500), { maxItems: 8 }),
});
export type Obligations = Type.Static<typeof Obligations>;
