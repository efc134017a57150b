/**
 * The shortest input found that `breaks` in the same way: pieces are left out, ever smaller ones, then bytes made plain.
 * Tries at most `tries` inputs.
 */
export async function minimise(
  input: Buffer,
  breaks: (input: Buffer) => Promise<boolean>,
  tries = 2_000,
): Promise<Buffer> {
  let best = input;
  let left = tries;
  const attempt = async (shorter: Buffer): Promise<boolean> => {
    if (left-- <= 0 || !(await breaks(shorter))) return false;
    best = shorter;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && left > 0; ) {
      const without = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (!(await attempt(without))) at += size;
    }
  }
  for (let at = 0; at < best.length && left > 0; at++) {
    if (best[at] === 0x61) continue;
    const plain = Buffer.from(best);
    plain[at] = 0x61;
    await attempt(plain);
  }
  return best;
}
