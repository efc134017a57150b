import type { Command, Option } from "commander";
import type { Candidate, Wanted } from "../../cli/completion-names.ts";
import { type LockKind, lockKinds } from "../../protocol/lock.ts";
import { shells } from "./completion-script.ts";

/** Names that only the server knows. */
export type Names = (wanted: Wanted) => Promise<Candidate[]>;

/**
 * What may stand in place of the last of `words`, which is empty when it is yet to come: verbs, options, and the names that a
 * verb's argument takes. Nothing where a file, a time or a text is wanted.
 */
export async function complete(program: Command, words: readonly string[], names: Names): Promise<Candidate[]> {
  const current = words.at(-1) ?? "";
  let command = program;
  let value: Option | undefined;
  const given: string[] = [];
  const used = new Set<Option>();
  for (const word of words.slice(0, -1)) {
    const option = command.options.find(({ long, short }) => word === long || word === short);
    if (value) value = undefined;
    else if (word === "--") return [];
    else if (word.startsWith("-")) {
      if (option) used.add(option);
      if (option?.required) value = option;
    } else if (command.commands.length === 0) given.push(word);
    else {
      const next = command.commands.find((each) => each.name() === word);
      if (!next) return [];
      command = next;
    }
  }
  const all = await candidatesAt(command, { value, given, used, current }, names);
  return all.filter(({ word }) => word.startsWith(current));
}

const visible = (command: Command) => command.createHelp().visibleCommands(command);

interface Place {
  /** The option whose value comes. */
  readonly value: Option | undefined;
  /** Arguments before this one. */
  readonly given: readonly string[];
  readonly used: ReadonlySet<Option>;
  readonly current: string;
}

async function candidatesAt(command: Command, { value, given, used, current }: Place, names: Names) {
  if (value?.long === "--grant") return names({ noun: "grant" });
  if (value?.long === "--site") return names({ noun: "target", kind: "site" });
  if (value?.long === "--agent") return names({ noun: "target", kind: "agent" });
  if (value?.long === "--vendor") return names({ noun: "target", kind: "vendor" });
  if (value) return [];
  if (current.startsWith("-")) {
    const open = command.options.filter((option) => !used.has(option) && !option.hidden);
    return open.map(({ long, short, description }) => ({ word: long ?? short ?? "", about: description }));
  }
  if (command.commands.length > 0)
    return visible(command).map((each) => ({ word: each.name(), about: each.description() }));
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[given.length] ?? (last?.variadic ? last : undefined);
  return argument ? forArgument(argument.name(), given, names) : [];
}

async function forArgument(name: string, given: readonly string[], names: Names): Promise<Candidate[]> {
  switch (name) {
    case "device":
    case "request":
    case "grant":
    case "session":
    case "lock":
      return names({ noun: name });
    case "service":
      return names({ noun: "service", device: given[0] ?? "" });
    case "site":
    case "agent":
    case "vendor":
    case "person":
      return names({ noun: "target", kind: name });
    case "kind":
      return lockKinds.map((kind) => ({ word: kind, about: "" }));
    case "shell":
      return shells.map((shell) => ({ word: shell, about: "" }));
    case "name": {
      const kind = lockKinds.find((each): each is Exclude<LockKind, "everything"> => each === given[0]);
      return kind === undefined || given[0] === "everything" ? [] : names({ noun: "target", kind });
    }
    default:
      return [];
  }
}
