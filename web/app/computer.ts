import { labelKey } from "../../protocol/workstation.ts";

const browsers: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/Windows/, "Windows"],
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** A label by which a person knows this browser again, from its user agent: "Chrome / Windows". */
export function computerLabel(userAgent: string): string {
  const name = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [name(browsers) ?? "Browser", name(systems)].filter(Boolean).join(" / ");
}

/** This label, or with the first number behind it that makes it another one than these, which the same person's have. */
export function freeLabel(label: string, taken: readonly string[]): string {
  const keys = new Set(taken.map(labelKey));
  let free = label;
  for (let n = 2; keys.has(labelKey(free)); n++) free = `${label} ${n}`;
  return free;
}
