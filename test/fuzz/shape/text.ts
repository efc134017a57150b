import { bytes } from "./bytes.ts";
import { type Mutation, mix, type Shape } from "./shape.ts";

/** Characters and byte sequences at which readers of text have differed. */
const oddities: readonly Buffer[] = [
  ...[
    ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((one) => !/[A-Za-z0-9]/.test(one)),
    "\r\n",
    "\n\n",
    "\r\n\r\n",
    "\u0085",
    "\u00a0",
    "\u00ad",
    "\u0130",
    "\u017f",
    "\u200b",
    "\u200e",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u212a",
    "\u3000",
    "\uff0e",
    "\uff11",
    "\ufeff",
    "\ufffe",
    "\uffff",
    "e\u0301",
    "👩‍⚕️",
    "𠮷",
    "%00",
    "%0d%0a",
    "%2e%2e%2f",
    "\\u0000",
    "\\ud800",
    "__proto__",
    "constructor",
  ].map((text) => Buffer.from(text)),
  // What UTF-8 never has: lone surrogates, overlong forms, beyond U+10FFFF, a lead without its tail, a tail alone.
  ...["eda080", "edb080", "c080", "c1bf", "e08080", "f0808080", "f4908080", "fc808080", "e3", "80", "ff", "fe"].map(
    (hex) => Buffer.from(hex, "hex"),
  ),
];

const numbers = [
  "0",
  "-0",
  "-1",
  "1",
  "00",
  "01",
  "1.5",
  "1e3",
  "1e308",
  "1e309",
  "0x10",
  "65535",
  "65536",
  "2147483647",
  "2147483648",
  "4294967295",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "18446744073709551616",
  "99999999999999999999999",
  "NaN",
  "Infinity",
  " 1",
  "１",
].map((text) => Buffer.from(text));

const put = (input: Buffer, from: number, to: number, part: Uint8Array) =>
  Buffer.concat([input.subarray(0, from), part, input.subarray(to)]);

function oddity(input: Buffer, m: Mutation): Buffer {
  const at = m.random.below(input.length + 1);
  return put(input, at, at + m.random.below(2), m.random.of(oddities));
}

/** Another number in place of some digits. */
function number(input: Buffer, m: Mutation): Buffer {
  const start = m.random.below(input.length);
  for (let at = start; at < input.length; at++) {
    if (!isDigit(input[at])) continue;
    let end = at;
    while (isDigit(input[end])) end++;
    return put(input, at, end, m.random.of(numbers));
  }
  return oddity(input, m);
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

function changeCase(input: Buffer, m: Mutation): Buffer {
  const output = Buffer.from(input);
  const from = m.random.below(output.length);
  for (let at = from; at < Math.min(output.length, from + 8); at++) {
    const byte = output[at] as number;
    if (/[A-Za-z]/.test(String.fromCharCode(byte))) output[at] = byte ^ 0x20;
  }
  return output;
}

/** Text with what readers of text stumble over; UTF-8 unless it breaks that. */
export const text: Shape = (input, m) => {
  let output = input;
  for (let step = m.random.few(4); step > 0; step--) output = once(output, m);
  return output;
};

const once = mix([4, oddity], [2, number], [1, changeCase], [4, bytes]);
