import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { LiveEvent } from "../../protocol/api/live-event.ts";
import type { Topic } from "../../protocol/topic.ts";

export type LiveState = "live" | "reconnecting";

const firstWaitMs = 500;
const longestWaitMs = 10_000;

/** What else depends on a topic: an agent's state shows at its devices, a lock at the person. */
const alsoStale: Partial<Record<Topic, string[]>> = {
  agents: ["checklist", "devices", "services", "trust"],
  locks: ["people", "workstations"],
  grants: ["requests"],
  trust: ["agents", "checklist"],
  me: ["account"],
  register: [
    "checklist",
    "services",
    "sites",
    "accounts",
    "vendors",
    "vendor-files",
    "attestations",
    "people",
    "devices",
    "agents",
    "me",
  ],
};

/** Keeps the live-event WebSocket open and marks as stale what changed. A missed message costs a delay and no more. */
export function useLive(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("reconnecting");
  useEffect(() => {
    let socket: WebSocket | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitMs = firstWaitMs;
    let lost = false;
    let closed = false;
    const open = () => {
      socket = new WebSocket("/api/events");
      socket.onopen = () => {
        waitMs = firstWaitMs;
        setState("live");
        if (lost) void client.invalidateQueries();
      };
      socket.onmessage = (message) => {
        for (const topic of topicsOf(message.data)) {
          for (const key of [topic, ...(alsoStale[topic] ?? [])]) void client.invalidateQueries({ queryKey: [key] });
        }
      };
      socket.onclose = () => {
        if (closed) return;
        lost = true;
        setState("reconnecting");
        // Most often the network; but who signed out elsewhere, or was locked, is told so at once.
        void client.invalidateQueries({ queryKey: ["me"] });
        timer = setTimeout(open, waitMs);
        waitMs = Math.min(longestWaitMs, waitMs * 2);
      };
    };
    open();
    return () => {
      closed = true;
      clearTimeout(timer);
      socket?.close();
    };
  }, [client]);
  return state;
}

function topicsOf(data: unknown): Topic[] {
  try {
    return (JSON.parse(String(data)) as LiveEvent).topics;
  } catch {
    return [];
  }
}
