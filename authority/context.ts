import type { Face } from "../protocol/face.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { Store } from "../store/store.ts";
import type { AgentLinks } from "./agent-links.ts";
import type { GatewayLinks } from "./gateway-links.ts";
import type { Hosts } from "./hosts.ts";
import type { AuthorityKeys } from "./keys.ts";
import type { OwedEnds } from "./owed-ends.ts";

/** What the authority's verbs work with. Constructed once, in `bin/`. */
export interface Context {
  readonly store: Store;
  readonly keys: AuthorityKeys;
  readonly hosts: Hosts;
  /** Of the faces' hosts; null where one is served without. */
  readonly certificates: Readonly<Record<Face, { readonly end: Date } | null>>;
  /** Wall clock. */
  readonly now: () => Date;
  readonly programLog: ProgramLog;
  readonly agents: AgentLinks;
  readonly gateways: GatewayLinks;
  readonly owedEnds: OwedEnds;
}
