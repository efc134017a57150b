import Type from "typebox";
import { RuleName, Thumbprints } from "./access-request.ts";
import { Id } from "./id.ts";
import { Obligations } from "./obligations.ts";
import { Name, Nullable, Pin, Sha256, Strict, ZoneName } from "./schema.ts";
import { Service } from "./service.ts";
import { Site } from "./site.ts";
import { Windows } from "./window.ts";

/**
 * What an approval signs for: person x workstation x device x services x windows, at one agent, as a signed request asked.
 * Its exact bytes are kept and carried; the grant's hash is `statementHash("genkan/grant/v1", bytes)`.
 */
export const Grant = Strict({
  type: Type.Literal("genkan/grant/v1"),
  id: Id("grant"),
  /** Hash of the request that it answers. */
  request: Sha256,
  site: Site,
  person: Strict({ id: Id("person"), name: Name, vendor: Id("vendor") }),
  workstation: Strict({ id: Id("workstation"), thumbprints: Thumbprints }),
  agent: Strict({ id: Id("agent"), key: Pin }),
  device: Strict({ id: Id("device"), name: Name }),
  services: Type.Array(Service, { minItems: 1, maxItems: 16 }),
  windows: Windows,
  /** Only tells in which zone the windows were meant. */
  zone: ZoneName,
  rule: RuleName,
  /** Hash of the grant whose place it takes; null for none. */
  replaces: Nullable(Sha256),
  obligations: Obligations,
});
export type Grant = Type.Static<typeof Grant>;
