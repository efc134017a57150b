import type { Topic } from "../protocol/topic.ts";

/** A hint that something changed. It makes things instant; nothing is lost when a hint is (leases and queries find it). */
export interface Bus {
  /** Never throws, never waits. */
  publish(topics: readonly Topic[]): void;
  /** Returns how to stop listening. */
  subscribe(listener: (topics: readonly Topic[]) => void): () => void;
  /** Resolves when the last hint is out, or would have been. */
  close(): Promise<void>;
}

/** For one process: hints arrive after the current turn, so that a listener never runs inside a writer. */
export function inProcessBus(): Bus {
  const listeners = new Set<(topics: readonly Topic[]) => void>();
  return {
    publish(topics) {
      setImmediate(() => {
        for (const listener of listeners) listener(topics);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
}
