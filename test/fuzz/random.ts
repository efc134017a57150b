/** Numbers that look random and come again with the same seed: sfc32 (Chris Doty-Humphrey's PractRand), 128 bits of state. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  /** Any text is a seed. */
  constructor(seed: string) {
    // FNV-1a over the text, thrice with another start: three words that differ for texts that hardly do.
    const word = (start: number) => {
      let hash = start;
      for (let at = 0; at < seed.length; at++) hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193);
      return hash | 0;
    };
    this.#a = word(0x811c9dc5);
    this.#b = word(0x1b873593);
    this.#c = word(0x7f4a7c15);
    for (let warm = 0; warm < 15; warm++) this.word();
  }

  /** 32 bits, unsigned. */
  word(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 to `bound` - 1; 0 when there is nothing to choose from. */
  below(bound: number): number {
    return bound <= 1 ? 0 : Math.floor((this.word() / 0x1_0000_0000) * bound);
  }

  /** Once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of `list`, which has some. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** 1 most often, 2 half as often, and so on to `most`. */
  few(most: number): number {
    let count = 1;
    while (count < most && this.once(2)) count++;
    return count;
  }
}
