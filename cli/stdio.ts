import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import type { Link } from "./tunnel.ts";

/** Where the bytes of one connection come from and go to: what a program such as ssh has given this one. */
export interface Stdio {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * One connection to the service, over `stdio`. Each way ends by itself, as ssh and what runs in it expect. Resolves once both
 * have, or when the program on this side has gone; with the error when the connection was refused or broke off.
 */
export async function carryStdio(link: Link, { input, output }: Stdio): Promise<GenkanError | null> {
  let failure: GenkanError | null = null;
  try {
    const stream = link.open();
    stream.on("error", (error) => {
      if (error instanceof GenkanError && !ended.has(error.code)) failure = error;
    });
    // Who reads no more has gone.
    output.on("error", () => stream.destroy());
    input.on("error", () => stream.destroy());
    input.pipe(stream);
    stream.pipe(output);
    await finished(stream).catch(() => {});
    if (!output.errored) await finished(output.end(), { readable: false }).catch(() => {});
  } catch (error) {
    if (!(error instanceof GenkanError)) throw error;
    failure = error;
  } finally {
    // An open input would keep the process alive.
    input.destroy();
  }
  return failure;
}

/** The whole session is over: the link's own end says why. */
const ended = new Set<ErrorCode>(["session-ended"]);
