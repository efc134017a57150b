import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What somebody has typed, as the views of the API call it. `place` has texts of ours. */
const typed = String.raw`(?!place\b)\w+(?:\??\.\w+)*\.(?:name|label|model|reason|denial|revocation|plan|workOrder)`;

/** Shown as a child of an element, alone or beside other text; or as the value of a row of facts. */
const raw = [
  new RegExp(String.raw`(?<=[>}\s·])\{${typed}(?: \?\? [^}]*)?\}`, "g"),
  new RegExp(String.raw`\[\s*t\("[\w.]+"\),\s*${typed}\s*\]`, "g"),
  new RegExp(String.raw`\{[^{}\`]*\`\$\{${typed}\}[^\`]*\`\}(?=<)`, "g"),
  new RegExp(String.raw`=> ${typed}\)\.join\(`, "g"),
  /<bdi\b/g,
];

const findings = (code: string) =>
  raw.flatMap((shape) =>
    [...code.matchAll(shape)]
      .filter(({ index }) => !/<Name\b[^<>]*>\s*$/.test(code.slice(0, index)))
      .map(([found]) => found),
  );

test("pages show what somebody has typed by <Name> alone, which keeps it apart and defuses it", () => {
  const files = globSync("web/**/*.tsx").filter((file) => !file.endsWith("app/name.tsx"));
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((file) => findings(readFileSync(file, "utf8")).map((one) => `${file}: ${one}`));
  expect(found).toEqual([]);
});

test.each([
  "<b>{request.device.name}</b>",
  "<p>\n  {agent.name} <small>",
  "{device.model} · {device.site.name}",
  '[t("request.reason"), request.reason]',
  "{all.map((person) => person.name).join(comma)}",
  "<b>{`${person.name} · ${what}`}</b>",
  "<bdi>{words}</bdi>",
])("%s would be found", (code) => {
  expect(findings(code).length).toBeGreaterThan(0);
});

test.each([
  "<Name>{request.device.name}</Name>",
  '<Name key="plan" long>\n  {request.plan}\n</Name>',
  "<Card label={agent.name}>",
  '{t("session.by", { name: session.endedBy.name })}',
])("%s is as it should be", (code) => {
  expect(findings(code)).toEqual([]);
});
