import { limits } from "../protocol/limits.ts";
import type { Id, idPrefixes } from "../protocol/make-id.ts";
import { labelKey } from "../protocol/workstation.ts";
import type { Text } from "./text.ts";
import { UsageError } from "./usage-error.ts";

/** One of the things that a person may mean. */
export interface Named<I extends Id<Noun> = Id<Noun>> {
  readonly id: I;
  /** What it is called; a bilingual name such as `生体情報モニター (Vital monitor)` counts as a whole and as its halves. */
  readonly names: readonly string[];
  /** Words that mean it as a whole only, such as a service's protocol. */
  readonly words?: readonly string[];
  /** Where it is or what it is about, so that two of one name can be told apart. */
  readonly where?: string;
}

/** What can be named, and how it is called in a sentence. */
export const nouns = {
  device: { en: "device", ja: "機器" },
  service: { en: "service", ja: "サービス" },
  request: { en: "open request", ja: "承認待ちの申請" },
  grant: { en: "grant", ja: "許可" },
  session: { en: "live session", ja: "接続中のセッション" },
  lock: { en: "lock in force", ja: "有効なロック" },
  person: { en: "person", ja: "人" },
  workstation: { en: "workstation", ja: "端末" },
  vendor: { en: "vendor", ja: "保守会社" },
  agent: { en: "agent", ja: "エージェント" },
  site: { en: "site", ja: "施設" },
  gateway: { en: "gateway", ja: "ゲートウェイ" },
  contract: { en: "contract", ja: "契約" },
} as const satisfies Partial<Record<keyof typeof idPrefixes, Text>>;
export type Noun = keyof typeof nouns;

/** Those that have no name of their own are shown by their id. */
const byId: ReadonlySet<Noun> = new Set(["request", "grant", "session", "lock", "contract"]);

/**
 * The one that `text` means: its id, a name or half of one, a word for it, or the beginning of its id or name that no other
 * begins with. Case, width and spaces don't count. Throws `name-unknown` and `name-ambiguous`, which list what there is.
 */
export function chooseNamed<K extends Noun, T>(
  noun: K,
  things: readonly T[],
  text: string,
  as: (thing: T) => Named<Id<NoInfer<K>>>,
): T {
  const found = meant(things, text, as);
  const [only] = found;
  if (only === undefined) {
    const known = listed(things.map(as), (one) => (byId.has(noun) ? withId(one) : (one.names[0] ?? one.id)));
    throw new UsageError("name-unknown", { noun: nouns[noun], name: text, known });
  }
  if (found.length > 1) throw ambiguous(noun, text, found.map(as));
  return only;
}

/** Hospitals name their devices alike; nobody may end up in another one by that. */
export function ambiguous(noun: Noun, text: string, found: readonly Named[]): UsageError {
  return new UsageError("name-ambiguous", { noun: nouns[noun], name: text, known: listed(found, withId) });
}

/** All that `text` means equally well; none for an empty text. */
export function meant<T>(things: readonly T[], text: string, as: (thing: T) => Named): T[] {
  const key = keyOf(text);
  if (key === "") return [];
  const ways: ((one: Named) => boolean)[] = [
    ({ id }) => id === text.trim(),
    ({ names }) => names.some((name) => halves(name).includes(key)),
    ({ words = [] }) => words.some((word) => keyOf(word) === key),
    ({ id, names }) => idBegins(id, key) || names.some((name) => halves(name).some((half) => half.startsWith(key))),
  ];
  for (const way of ways) {
    const found = things.filter((thing) => way(as(thing)));
    if (found.length > 0) return found;
  }
  return [];
}

function idBegins(id: Id<Noun>, key: string): boolean {
  const [kind = "", rest = ""] = id.split("_");
  return rest.startsWith(key.startsWith(`${kind}_`) ? key.slice(kind.length + 1) : key) && key !== `${kind}_`;
}

/** As people compare names: a full-width bracket has its space within. */
const keyOf = (text: string) => labelKey(text).replaceAll(" (", "(");

/** A name as people compare it, and what stands before and in its closing brackets. */
export function halves(name: string): string[] {
  const whole = keyOf(name);
  const [, before, inside] = /^(.+?)\((.+)\)$/.exec(whole) ?? [];
  return [whole, before, inside].filter((half) => half !== undefined);
}

const withId = ({ id, names, where }: Named) =>
  `${id} (${[names.join(" · "), where].filter((part) => part !== undefined && part !== "").join(", ")})`;

export function listed(things: readonly Named[], show: (one: Named) => string): string {
  const shown = things.slice(0, limits.namesListed).map(show);
  if (things.length > shown.length) shown.push("…");
  return shown.join(", ") || "–";
}
