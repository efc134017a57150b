import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Metric, metrics } from "../../bin/health/metric.ts";
import { readyChecks } from "../../bin/health/readiness.ts";
import { errors } from "../../protocol/error.ts";
import { limits } from "../../protocol/limits.ts";
import { oddities } from "../../protocol/oddity.ts";
import { programEvents } from "../../protocol/program-event.ts";
import { reasons } from "../../protocol/reason.ts";
import { statementTypes } from "../../protocol/statement.ts";
import { en } from "../../text/en.ts";

/** Rows of all tables of a page whose first cell is a code in backticks, or a bare id. */
function rows(page: string, heading?: string): string[][] {
  const text = readFileSync(page, "utf8");
  const from = heading === undefined ? 0 : text.indexOf(`## ${heading}\n`);
  if (from === -1) throw new Error(`${page} has no heading ${heading}`);
  const until = heading === undefined ? -1 : text.indexOf("\n## ", from + 1);
  return text
    .slice(from, until === -1 ? undefined : until)
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("|---"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim().replaceAll("`", "")),
    );
}

/** Table rows without the head, which has no code in its first cell. */
function table(page: string, heading?: string): string[][] {
  return rows(page, heading).filter(
    ([first]) =>
      !["code", "it holds", "limit", "end reason", "type", "id", "event", "metric", "check"].includes(first ?? ""),
  );
}

const sorted = (values: Iterable<string>) => [...values].sort();

describe("the handbook", () => {
  it("says of every oddity of a device what is done about it", () => {
    expect(table("docs/devices.md").map(([code]) => code)).toEqual([...oddities]);
  });

  it("names every error code with its status, and no other", () => {
    const documented = [
      "Asking the authority",
      "Verifying the log",
      "Signing in from the command line",
      "Links between the parts",
      "What an agent refuses",
    ]
      .flatMap((heading) => table("docs/errors.md", heading))
      .map(([code, status]) => `${code} ${status}`);
    expect(sorted(documented)).toEqual(sorted(Object.entries(errors).map(([code, { status }]) => `${code} ${status}`)));
  });

  it("says of every error what it means and what to do", () => {
    const thin = table("docs/errors.md").filter((row) => row.some((cell) => cell.length === 0));
    expect(thin).toEqual([]);
  });

  it("names every reason of a decision with its refusal, and no other", () => {
    const documented = table("docs/errors.md", "Reasons of a decision").map(([holds, denies]) => `${holds} ${denies}`);
    expect(sorted(documented)).toEqual(sorted(Object.entries(reasons).map((pair) => pair.join(" "))));
  });

  it("names every limit with its value and reason, and no other", () => {
    const documented = table("docs/limits.md", "Limits");
    expect(sorted(documented.map(([name, value]) => `${name} ${value}`))).toEqual(
      sorted(Object.entries(limits).map(([name, value]) => `${name} ${written(value)}`)),
    );
    expect(documented.filter(([, , reason]) => !reason)).toEqual([]);
  });

  it("names every end reason, with the words that people read", () => {
    const documented = table("docs/limits.md", "End reasons").map(([name, meaning]) => `${name} ${meaning}`);
    expect(sorted(documented)).toEqual(sorted(Object.entries(en.endReasons).map((pair) => pair.join(" "))));
  });

  it("names every event of the programs' logs with its level, and says what to do", () => {
    const documented = table("docs/log-events.md");
    expect(sorted(documented.map(([event, level]) => `${event} ${level}`))).toEqual(
      sorted(Object.entries(programEvents).map((pair) => pair.join(" "))),
    );
    expect(documented.filter(([, , means, todo]) => !means || !todo)).toEqual([]);
  });

  it("names every metric with its type and labels, and each check of readiness", () => {
    const written = (name: string, { type, labels = {} }: Metric) =>
      `${name} ${type} ${Object.keys(labels).join(", ")}`;
    const documented = ["Authority", "Gateway", "Agent"].flatMap((heading) => table("docs/metrics.md", heading));
    expect(sorted(documented.map(([name, type, label]) => `${name} ${type} ${label === "–" ? "" : label}`))).toEqual(
      sorted(Object.entries(metrics).map(([name, metric]) => written(name, metric))),
    );
    expect(table("docs/metrics.md", "Ready or not").map(([check]) => check)).toEqual([...readyChecks]);
  });

  it("names every type of statement", () => {
    const documented = table("docs/protocol.md", "Statements").map(([name]) => name ?? "");
    expect(sorted(documented)).toEqual(sorted(Object.keys(statementTypes)));
  });

  it("has a row for each requirement and each attack", () => {
    const ids = (page: string) => table(page).map(([id]) => id);
    for (let n = 1; n <= 38; n++) expect(ids("docs/requirements.md")).toContain(`D${n}`);
    for (let n = 1; n <= 25; n++) expect(ids("docs/attacks.md")).toContain(`A${n}`);
  });
});

describe("the papers at the root", () => {
  const pages = ["README.md", "README.ja.md", "CONTRIBUTING.md", "CHANGELOG.md"];
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

  it.each(pages)("%s links to what exists", (page) => {
    const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? "");
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });

  it.each(pages)("%s names scripts that exist", (page) => {
    const named = [...readFileSync(page, "utf8").matchAll(/npm (?:run (?:-s )?)([a-z:]+)/g)].map(
      ([, name]) => name ?? "",
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("are as long in Japanese as in English, heading by heading", () => {
    const shape = (page: string) => readFileSync(page, "utf8").match(/^(#+|\d\.|- \*\*|\|)/gm);
    expect(shape("README.ja.md")).toEqual(shape("README.md"));
  });
});

describe("a page in Japanese", () => {
  const pages = readdirSync("docs/ja");

  it.each(pages)("%s has the headings, lists, tables and blocks of code of its English twin", (page) => {
    expect(skeleton(`docs/ja/${page}`)).toEqual(skeleton(`docs/${page}`));
  });

  it.each(pages)("%s names the same code as its English twin, section by section", (page) => {
    expect(codeBySection(`docs/ja/${page}`)).toEqual(codeBySection(`docs/${page}`));
  });

  it.each(pages)("%s and its English twin lead to each other, and it links to what exists", (page) => {
    const links = [...readFileSync(`docs/ja/${page}`, "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)];
    expect(links.map(([, link = ""]) => link).filter((link) => !existsSync(join("docs/ja", link)))).toEqual([]);
    expect(links.map(([, link]) => link)).toContain(`../${page}`);
    expect(readFileSync(`docs/${page}`, "utf8")).toContain(`[日本語](ja/${page})`);
  });
});

/** A page without its prose: what must be alike in every language, so that neither page falls behind the other unseen. */
function skeleton(page: string): string[] {
  const kept: string[] = [];
  let fenced = false;
  let blank = true;
  for (const line of readFileSync(page, "utf8").split("\n")) {
    const fence = line.startsWith("```");
    if (fence || fenced || (blank && line.startsWith("    "))) kept.push(line);
    else if (line.startsWith("|")) kept.push(line.slice(1, -1).split("|").map(bones).join(" | "));
    else kept.push(...(/^(?:#+|-|\d+\.)(?= )/.exec(line) ?? []));
    if (fence) fenced = !fenced;
    blank = line === "";
  }
  return kept;
}

/** Each code in backticks once, of a page's sections in their order; blocks of code are the skeleton's. */
function codeBySection(page: string): string[][] {
  const prose = readFileSync(page, "utf8").replaceAll(/^```.*?^```$/gms, "");
  return prose
    .split(/^#+ /m)
    .map((section) => sorted(new Set([...section.matchAll(/`[^`]+`/g)].map(([code]) => code))));
}

/** Of a table's cell: all of it, where it is a number, an id, a test's name or empty; else its code, in any order. */
function bones(cell: string): string {
  const words = cell.trim();
  if (/^(?:[A-Z]?\d+|[-–]*|`[\w-]+\.test\.ts`: .+)$/.test(words)) return words;
  return sorted([...words.matchAll(/`[^`]+`/g)].map(([code]) => code)).join(" ") || "…";
}

function written(value: number | readonly number[]): string {
  const list = typeof value === "number" ? [value] : value;
  return list.map((one) => one.toLocaleString("en-US")).join(" ");
}
