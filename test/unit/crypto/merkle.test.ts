import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompactRange, emptyRoot, leafHash, nodeHash } from "../../../crypto/merkle.ts";
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from "../../../crypto/merkle-proof.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => Buffer.from(text, "hex");

/** The vectors that Certificate Transparency implementations share: leaves, and roots of the trees of 0 to 8 leaves. */
const vectorLeaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((text) => leafHash(bytes(text)));
const vectorRoots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** RFC 6962, section 2.1, word for word. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

function rangeOf(leaves: readonly Uint8Array[]): CompactRange {
  const range = new CompactRange();
  for (const leaf of leaves) range.append(leaf);
  return range;
}

const makeLeaves = (count: number) => Array.from({ length: count }, (_, i) => leafHash(Uint8Array.of(i >> 8, i & 255)));
const reader = (leaves: readonly Uint8Array[]) => (start: number, end: number) => leaves.slice(start, end);
const flipped = (hash: Uint8Array) => Uint8Array.from(hash, (byte, at) => (at === 0 ? byte ^ 1 : byte));

describe("the tree", () => {
  it("has the roots that Certificate Transparency gives", () => {
    const roots = vectorRoots.map((_, size) => hex(rangeOf(vectorLeaves.slice(0, size)).root()));
    expect(roots).toEqual(vectorRoots);
  });

  it("has the root of the recursive definition at every size", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 200 }), (data) => {
        const leaves = data.map(leafHash);
        expect(hex(rangeOf(leaves).root())).toBe(hex(naiveRoot(leaves)));
      }),
      { numRuns: 50 },
    );
  });

  it("goes on from its kept state as if it had never stopped", () => {
    fc.assert(
      fc.property(fc.nat(150), fc.nat(150), (before, after) => {
        const leaves = makeLeaves(before + after);
        const kept = JSON.parse(JSON.stringify(rangeOf(leaves.slice(0, before)).state()));
        const resumed = CompactRange.from(kept);
        for (const leaf of leaves.slice(before)) resumed.append(leaf);
        expect(resumed.size).toBe(before + after);
        expect(hex(resumed.root())).toBe(hex(naiveRoot(leaves)));
      }),
      { numRuns: 50 },
    );
  });

  it("keeps one peak for each set bit of its size, also beyond 32 bits", () => {
    expect(rangeOf(makeLeaves(255)).state().peaks).toHaveLength(8);
    const peak = "A".repeat(43);
    const huge = CompactRange.from({ size: 2 ** 40 + 1, peaks: [peak, peak] });
    huge.append(leafHash(Uint8Array.of()));
    expect(huge.state()).toMatchObject({ size: 2 ** 40 + 2, peaks: [peak, expect.any(String)] });
  });

  it.each([
    ["too few peaks", { size: 3, peaks: ["A".repeat(43)] }],
    ["a short peak", { size: 1, peaks: ["AAAA"] }],
    ["a negative size", { size: -1, peaks: [] }],
    ["a size that is no integer", { size: 0.5, peaks: [] }],
  ])("does not go on from a state with %s", (_, state) => {
    expect(() => CompactRange.from(state)).toThrow(expect.objectContaining({ code: "internal" }));
  });

  it("takes no leaf that is not hashed", () => {
    expect(() => new CompactRange().append(Uint8Array.of(1))).toThrow(expect.objectContaining({ code: "internal" }));
  });
});

describe("an inclusion proof", () => {
  it.each([
    [0, 1, []],
    [
      0,
      8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ],
    ],
    [
      5,
      8,
      [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ],
    ],
    [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
    [
      1,
      5,
      [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ],
    ],
  ])("of leaf %i in a tree of %i is the one that Certificate Transparency gives", async (index, size, proof) => {
    expect((await inclusionProof(index, size, reader(vectorLeaves))).map(hex)).toEqual(proof);
  });

  it("holds for every leaf of every small tree, and for no other leaf, place, size or root", async () => {
    const leaves = makeLeaves(34);
    for (let size = 1; size <= leaves.length; size += 1) {
      const root = naiveRoot(leaves.slice(0, size));
      for (let index = 0; index < size; index += 1) {
        const leaf = leaves[index] as Uint8Array;
        const proof = await inclusionProof(index, size, reader(leaves));
        const claim = { index, size, leaf, proof, root };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: flipped(leaf) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: flipped(root) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, root] })).toBe(false);
        expect(verifyInclusion({ ...claim, index: size })).toBe(false);
        for (let other = 0; other < size; other += 1) {
          if (other !== index) expect(verifyInclusion({ ...claim, index: other })).toBe(false);
        }
        for (const at of proof.keys()) {
          const changed = proof.map((hash, i) => (i === at ? flipped(hash) : hash));
          expect(verifyInclusion({ ...claim, proof: changed })).toBe(false);
          expect(verifyInclusion({ ...claim, proof: proof.toSpliced(at, 1) })).toBe(false);
        }
      }
    }
  });

  it("does not pass an inner node for a leaf of a smaller tree", () => {
    const [left, right] = [naiveRoot(vectorLeaves.slice(0, 4)), naiveRoot(vectorLeaves.slice(4))];
    const root = bytes(vectorRoots[8] ?? "");
    expect(verifyInclusion({ index: 1, size: 2, leaf: right, proof: [left], root })).toBe(true);
    expect(verifyInclusion({ index: 0, size: 1, leaf: right, proof: [left], root })).toBe(false);
  });

  it("is not made for a leaf outside of the tree, nor from a log that lacks leaves", async () => {
    await expect(inclusionProof(8, 8, reader(vectorLeaves))).rejects.toMatchObject({ code: "bad-request" });
    await expect(inclusionProof(-1, 8, reader(vectorLeaves))).rejects.toMatchObject({ code: "bad-request" });
    await expect(inclusionProof(0, 9, reader(vectorLeaves))).rejects.toMatchObject({ code: "internal" });
  });

  it("reads the log as a stream, each other leaf once", async () => {
    const leaves = makeLeaves(100);
    const seen: number[] = [];
    const proof = await inclusionProof(41, 100, async function* (start, end) {
      for (let at = start; at < end; at += 1) {
        seen.push(at);
        yield leaves[at] as Uint8Array;
      }
    });
    const claim = { index: 41, size: 100, leaf: leaves[41] as Uint8Array, proof, root: naiveRoot(leaves) };
    expect(verifyInclusion(claim)).toBe(true);
    expect(seen.toSorted((a, b) => a - b)).toEqual([...leaves.keys()].filter((at) => at !== 41));
  });
});

describe("a consistency proof", () => {
  it.each([
    [1, 1, []],
    [
      1,
      8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ],
    ],
    [
      6,
      8,
      [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ],
    ],
    [
      2,
      5,
      [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ],
    ],
  ])("from %i to %i is the one that Certificate Transparency gives", async (first, second, proof) => {
    expect((await consistencyProof(first, second, reader(vectorLeaves))).map(hex)).toEqual(proof);
  });

  it("holds between all small trees of one log, and never for another root, size or proof", async () => {
    const leaves = makeLeaves(34);
    const roots = Array.from({ length: leaves.length + 1 }, (_, size) => naiveRoot(leaves.slice(0, size)));
    for (let second = 0; second <= leaves.length; second += 1) {
      for (let first = 0; first <= second; first += 1) {
        const [firstRoot, secondRoot] = [roots[first] as Uint8Array, roots[second] as Uint8Array];
        const proof = await consistencyProof(first, second, reader(leaves));
        const claim = { first, second, firstRoot, secondRoot, proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, firstRoot: flipped(firstRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, secondRoot] })).toBe(false);
        // Only the empty tree says nothing about the second one.
        if (first > 0) expect(verifyConsistency({ ...claim, secondRoot: flipped(secondRoot) })).toBe(false);
        for (const at of proof.keys()) {
          const changed = proof.map((hash, i) => (i === at ? flipped(hash) : hash));
          expect(verifyConsistency({ ...claim, proof: changed })).toBe(false);
          expect(verifyConsistency({ ...claim, proof: proof.toSpliced(at, 1) })).toBe(false);
        }
      }
    }
  });

  it("never holds for a log in which one old leaf was rewritten", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 2, max: 120 })
          .chain((second) => fc.tuple(fc.constant(second), fc.integer({ min: 1, max: second - 1 })))
          .chain(([second, first]) => fc.tuple(fc.constant(second), fc.constant(first), fc.nat(first - 1))),
        async ([second, first, victim]) => {
          const leaves = makeLeaves(second);
          const forged = leaves.with(victim, leafHash(Buffer.from("rewritten")));
          const proof = await consistencyProof(first, second, reader(forged));
          const firstRoot = naiveRoot(leaves.slice(0, first));
          expect(verifyConsistency({ first, second, firstRoot, secondRoot: naiveRoot(forged), proof })).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("does not hold for the same hashes under other sizes", async () => {
    const [half, rest] = [vectorLeaves.slice(0, 4), vectorLeaves.slice(4)];
    const small = { firstRoot: naiveRoot(rest.slice(0, 3)), secondRoot: naiveRoot(rest) };
    const large = { firstRoot: bytes(vectorRoots[7] ?? ""), secondRoot: bytes(vectorRoots[8] ?? "") };
    const short = await consistencyProof(3, 4, reader(rest));
    const long = [...short, naiveRoot(half)];
    expect(verifyConsistency({ first: 3, second: 4, ...small, proof: short })).toBe(true);
    expect(verifyConsistency({ first: 7, second: 8, ...large, proof: long })).toBe(true);
    expect(verifyConsistency({ first: 3, second: 4, ...large, proof: long })).toBe(false);
    expect(verifyConsistency({ first: 7, second: 8, ...small, proof: short })).toBe(false);
  });

  it("holds for the empty tree under its own root only", () => {
    const claim = { first: 0, second: 0, firstRoot: emptyRoot, secondRoot: emptyRoot, proof: [] };
    const other = flipped(emptyRoot);
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, firstRoot: other, secondRoot: other })).toBe(false);
  });

  it("is not made backwards, and does not verify backwards", async () => {
    await expect(consistencyProof(5, 4, reader(vectorLeaves))).rejects.toMatchObject({ code: "bad-request" });
    const roots = { firstRoot: bytes(vectorRoots[5] ?? ""), secondRoot: bytes(vectorRoots[4] ?? "") };
    expect(verifyConsistency({ first: 5, second: 4, ...roots, proof: [] })).toBe(false);
  });
});
