import { message, StartError } from "./message.ts";
import type { Ports } from "./ports.ts";

/**
 * What was done once for a data folder, kept in its `start.json`; a later start goes on from there. What can be seen in the
 * folder itself, such as a key, does not stand here: a start that is cut short may have made it and not noted it.
 */
export interface Progress {
  readonly ports: Ports;
  /** Begun without the sample. */
  readonly empty?: boolean;
  readonly initialised?: boolean;
  readonly gatewayAdded?: boolean;
  readonly devicesAdded?: boolean;
}

const portNames = ["public", "staff", "nurseCall", "vitalMonitor", "infusionPump"] as const satisfies (keyof Ports)[];

/** Throws a {@link StartError} for what no start has written. */
export function parseProgress(text: string): Progress {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What is no JSON is no progress either.
  }
  if (isProgress(value)) return value;
  throw new StartError(
    message(
      "start.json が壊れています。--fresh で新しく始めてください。",
      "start.json is damaged. Begin anew with --fresh.",
    ),
  );
}

function isProgress(value: unknown): value is Progress {
  if (!isRecord(value) || !isRecord(value["ports"])) return false;
  const { ports, empty = false, initialised = false, gatewayAdded = false, devicesAdded = false } = value;
  const isPort = (port: unknown) => Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return (
    portNames.every((name) => isPort(ports[name])) &&
    [empty, initialised, gatewayAdded, devicesAdded].every((done) => typeof done === "boolean")
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
