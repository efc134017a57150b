import Type from "typebox";
import { Id } from "./id.ts";
import { Instant, Name, Strict, Thumbprint, ZoneName } from "./schema.ts";
import { Service } from "./service.ts";

export const Window = Strict({ start: Instant, end: Instant });
export type Window = Type.Static<typeof Window>;

/**
 * What an approval signs for: person x workstation x device x services x windows, at one agent. Its exact bytes are kept
 * and carried; the grant's hash is `statementHash("genkan/grant/v1", bytes)`. Windows are explicit UTC intervals, never
 * a recurrence; `zone` only tells in which zone they were meant.
 */
export const Grant = Strict({
  type: Type.Literal("genkan/grant/v1"),
  id: Id("grant"),
  request: Id("request"),
  site: Strict({ id: Id("site"), name: Name }),
  person: Strict({ id: Id("person"), name: Name, vendor: Id("vendor") }),
  workstation: Strict({
    id: Id("workstation"),
    /** RFC 7638 thumbprints of the keys that may prove this workstation. */
    thumbprints: Type.Array(Thumbprint, { minItems: 1, maxItems: 8 }),
  }),
  agent: Strict({ id: Id("agent"), key: Thumbprint }),
  device: Strict({ id: Id("device"), name: Name }),
  services: Type.Array(Service, { minItems: 1, maxItems: 16 }),
  windows: Type.Array(Window, { minItems: 1, maxItems: 32 }),
  zone: ZoneName,
});
export type Grant = Type.Static<typeof Grant>;
