import type { EndReason } from "../protocol/end-reason.ts";
import type { ErrorCode } from "../protocol/error.ts";

/** What an agent tells the host that it runs on; `bin/` prints each as one line of JSON. */
export type AgentEvent =
  | { readonly event: "connected" }
  | { readonly event: "disconnected" }
  | {
      readonly event: "trust-proposed" | "trust-pinned";
      readonly version: number;
      readonly fingerprint: string;
      /** Names of the persons whose keys stand in it. */
      readonly approvers: readonly string[];
    }
  | { readonly event: "allow-list"; readonly targets: number; readonly problem: string | null }
  | {
      readonly event: "session-admitted";
      readonly session: string;
      readonly person: string;
      readonly device: string;
      readonly service: string;
    }
  | { readonly event: "session-refused"; readonly session: string | null; readonly code: ErrorCode }
  | { readonly event: "session-begun"; readonly session: string }
  | { readonly event: "session-warning"; readonly session: string; readonly leftMs: number }
  | { readonly event: "session-ended"; readonly session: string; readonly reason: EndReason };

export type Emit = (event: AgentEvent) => void;
