import type { Oddity } from "../protocol/oddity.ts";
import type { BodyReader, Framing } from "./http-body.ts";
import { ChunkReader } from "./http-chunks.ts";

const nothing = Buffer.alloc(0);

/** Who takes a body that reaches so far. `odd` is added to. */
export function bodyReader(framing: Framing, odd: Set<Oddity>): BodyReader {
  switch (framing.kind) {
    case "none":
      return { read: (rest) => ({ pieces: [], over: true, broken: false, rest }), ended: () => true };
    case "until-close":
      return { read: (bytes) => ({ pieces: [bytes], over: false, broken: false, rest: nothing }), ended: () => true };
    case "chunks":
      return new ChunkReader(odd);
    case "length": {
      let left = framing.bytes;
      return {
        read(bytes) {
          const taken = bytes.subarray(0, left);
          left -= taken.length;
          const pieces = taken.length > 0 ? [taken] : [];
          return { pieces, over: left === 0, broken: false, rest: bytes.subarray(taken.length) };
        },
        ended: () => left === 0,
      };
    }
  }
}
