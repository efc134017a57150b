/**
 * How long a test waits for what must come, in milliseconds. It guards against hanging and measures nothing: on a machine with
 * eight times the work that it has cores for, what takes 50 ms alone was seen to take 4 s. Who waits for it has met a fault.
 */
export const patienceMs = 60_000;

/** The same for what runs whole programs, servers and browsers. */
export const longPatienceMs = 180_000;
