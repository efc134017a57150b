import type { Log } from "../protocol/log.ts";
import type { Store } from "../store/store.ts";
import type { AgentLinks } from "./agent-links.ts";
import type { GatewayLinks } from "./gateway-links.ts";
import type { AuthorityKeys } from "./keys.ts";
import type { SessionEnd } from "./revocation.ts";
import type { Hosts } from "./settings.ts";

/** What the authority's verbs work with. Constructed once, in `bin/`. */
export interface Context {
  readonly store: Store;
  readonly keys: AuthorityKeys;
  readonly hosts: Hosts;
  /** Wall clock. */
  readonly now: () => Date;
  readonly log: Log;
  readonly agents: AgentLinks;
  readonly gateways: GatewayLinks;
  /** Ends that were ordered and could not be written, by session: a lease round writes them, and no lease names these. */
  readonly owedEnds: Map<string, SessionEnd>;
}
