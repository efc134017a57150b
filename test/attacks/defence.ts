/** A test of vitest: its file, and part of its full name unless all of the file is meant. */
export interface NamedTest {
  readonly file: string;
  readonly name?: string;
}

/** One defence, how to take it out, and the test that must then fail. */
export interface Defence {
  /** Of docs/attacks.md. */
  readonly row: string;
  /** What holds while it is there. */
  readonly what: string;
  readonly file: string;
  /** Exact text that stands once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly test: NamedTest;
}

/** Rows of docs/attacks.md that are proved so far. */
export const provedRows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].map(
  (n) => `A${n}`,
);
