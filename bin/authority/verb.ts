import type { Command } from "commander";

/** Adds a command over the store, with the options that all of them have. A default one is meant where none is named. */
export type Verb = (parent: Command, name: string, description: string, o?: { isDefault?: true }) => Command;
/** Prints what a command has done: a line for each fact, or one JSON line. */
export type Print<O> = (o: O, facts: Record<string, unknown>) => void;
