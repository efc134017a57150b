import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ControlBody, ControlFrameDecoder, encodeControlFrame } from "../../../link/control-frame.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const json = fc.jsonValue();
/** A body as it is sent, and as it must be understood. */
const body: fc.Arbitrary<[object, object]> = fc.oneof(
  fc.tuple(number, fc.string(), json).map(([id, type, value]): [object, object] => [
    { id, type, body: value },
    { kind: "message", id, type, body: value },
  ]),
  fc.tuple(number, json).map(([re, value]): [object, object] => [
    { re, body: value },
    { kind: "reply", re, body: value },
  ]),
  fc
    .tuple(number, fc.string(), fc.option(fc.string(), { nil: undefined }))
    .map(([re, code, detail]): [object, object] => [
      { re, error: detail === undefined ? { code } : { code, detail } },
      { kind: "refusal", re, code, detail },
    ]),
  fc.constantFrom("ping", "pong").map((type): [object, object] => [{ type }, { kind: type }]),
);

function decode(chunks: Uint8Array[]): ControlBody[] {
  const decoder = new ControlFrameDecoder();
  const bodies = chunks.flatMap((chunk) => [...decoder.push(chunk)]);
  decoder.end();
  return bodies;
}

/** `bytes` cut into pieces of the given sizes, over and over. */
function pieces(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
const framed = (text: string | Uint8Array) => {
  const bytes = Buffer.from(text as string);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
};

describe("control frames", () => {
  test("come out as they went in, however they were segmented", () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 8 }), sizes, (bodies, cuts) => {
        const bytes = Buffer.concat(bodies.map(([sent]) => encodeControlFrame(sent)));
        // -0 is 0 in JSON.
        const understood = JSON.parse(JSON.stringify(bodies.map(([, expected]) => expected)));
        expect(JSON.parse(JSON.stringify(decode(pieces(bytes, cuts))))).toEqual(understood);
      }),
    );
  });

  test("that are cut short are an error once the stream ends, and never before", () => {
    fc.assert(
      fc.property(body, fc.nat(), sizes, ([sent], at, cuts) => {
        const bytes = encodeControlFrame(sent);
        const short = bytes.subarray(0, 1 + (at % (bytes.length - 1)));
        const decoder = new ControlFrameDecoder();
        for (const chunk of pieces(short, cuts)) expect([...decoder.push(chunk)]).toEqual([]);
        expect(() => decoder.end()).toThrow(expect.objectContaining({ code: "frame-malformed" }));
      }),
    );
  });

  test("of arbitrary bytes give bodies or one of two errors, nothing else", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.boolean(), (chunks, small) => {
        const bytes = chunks.flatMap((chunk) => (small ? [framed(chunk)] : [chunk]));
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(GenkanError);
          expect(["frame-malformed", "frame-too-large"]).toContain((error as GenkanError).code);
        }
      }),
    );
  });

  test("that are too long are refused by their head alone, and never sent", () => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(limits.controlBytes + 1);
    expect(() => decode([head])).toThrow(expect.objectContaining({ code: "frame-too-large" }));
    const long = { id: 1, type: "x", body: "x".repeat(limits.controlBytes) };
    expect(() => encodeControlFrame(long)).toThrow(expect.objectContaining({ code: "frame-too-large" }));
  });

  test.each([
    ["nothing", framed("")],
    ["no JSON", framed("{")],
    ["no UTF-8", framed(Buffer.from([0x22, 0xff, 0x22]))],
    ["no object", framed("[1]")],
    ["null", framed("null")],
    ["another type without a number", framed('{"type":"hello"}')],
    ["an unknown member", framed('{"id":1,"type":"x","body":{},"more":1}')],
    ["a number that is none", framed('{"id":"1","type":"x","body":{}}')],
    ["the number 0", framed('{"id":0,"type":"x","body":{}}')],
    ["a broken number", framed('{"re":1.5,"body":{}}')],
    ["a reply and a refusal in one", framed('{"re":1,"body":{},"error":{"code":"x"}}')],
    ["a refusal without a code", framed('{"re":1,"error":{}}')],
    ["a refusal with more", framed('{"re":1,"error":{"code":"x","stack":"y"}}')],
  ])("that hold %s are malformed", (_what, bytes) => {
    expect(() => decode([bytes])).toThrow(expect.objectContaining({ code: "frame-malformed" }));
  });
});
