import { builtinModules } from "node:module";
import { posix } from "node:path";
import { parseSync } from "oxc-parser";
import { idPrefixes } from "../../protocol/make-id.ts";
import { inner, reasonAgainst } from "./reasons.ts";
import * as table from "./table.ts";

/** One import of a file: what it names, and whether nothing of it is left when types are stripped. */
interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** Breaches of every rule in one file; `file` is relative to the root, with forward slashes. Empty means clean. */
export function breaches(file: string, text: string): string[] {
  const parsed = parseSync(file, text);
  if (parsed.errors.length > 0) return [`${file}: does not parse: ${parsed.errors[0]?.message}`];
  const folder = file.split("/")[0] ?? "";
  const nodes = [...walk(parsed.program as unknown as Node)];
  return [
    ...imports(parsed.module, nodes).flatMap((found) => importBreaches(file, folder, found)),
    ...environmentBreaches(file, folder, nodes),
    ...queryBreaches(file, folder, nodes),
    ...mintBreaches(file, folder, nodes),
    ...idBreaches(file, folder, nodes),
    ...testBreaches(file, folder, nodes),
    ...(table.emptyNames.test(file) ? [`${file}: the name does not say what it is`] : []),
    ...(folder !== "test" && text.split("\n").length - 1 > table.longestFile
      ? [`${file}: more than one noun long`]
      : []),
  ];
}

/** What a file imports from files of ours, types included; relative to the root. */
export function filesImported(file: string, text: string): string[] {
  const { module, program } = parseSync(file, text);
  return imports(module, [...walk(program as unknown as Node)])
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(file), specifier)));
}

function imports(module: ReturnType<typeof parseSync>["module"], nodes: Node[]): Import[] {
  const dynamic = nodes.filter((node) => node.type === "ImportExpression").map((node) => node.source as Node);
  return [
    ...module.staticImports.map((one) => ({
      specifier: one.moduleRequest.value,
      typeOnly: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap((one) =>
      one.entries.flatMap((entry) =>
        entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, typeOnly: entry.isType }] : [],
      ),
    ),
    // A specifier that is computed names nothing that could be checked.
    ...dynamic.map((source) => ({
      specifier: source.type === "Literal" ? String(source.value) : "(computed)",
      typeOnly: false,
    })),
    ...nodes
      .filter((node) => node.type === "TSImportType")
      .map((node) => ({ specifier: String((node.source as Node | undefined)?.value), typeOnly: true })),
  ];
}

function importBreaches(file: string, folder: string, { specifier, typeOnly }: Import): string[] {
  if (table.unbounded.includes(folder)) return [];
  const breach = (what: string) => [`${file}: ${folder} may not import ${what}`];
  if (specifier.startsWith(".")) {
    const path = posix.normalize(posix.join(posix.dirname(file), specifier));
    const to = path.split("/")[0] ?? "";
    if (to !== folder && !table.folders[folder]?.includes(to))
      return breach(`${to} (${specifier}): ${reasonAgainst(folder, to)}`);
    const closed = inner.find((part) => path.startsWith(part.path) && !part.for.includes(folder));
    return closed ? breach(`${closed.path} (${specifier}): ${closed.why}`) : [];
  }
  const name = specifier.startsWith("node:") ? specifier : packageName(specifier);
  if (typeOnly && table.typesAreFree.includes(name)) return [];
  if (table.buildScripts.includes(file) && isBuiltin(name)) return [];
  if (isBuiltin(name)) {
    if (table.pureFolders.includes(folder)) return breach(`${name}: it has no built-in module`);
    const owner = table.owners[name.startsWith("node:") ? name : `node:${name}`];
    return owner === undefined || owner.includes(folder) ? [] : breach(`${name} (it belongs to ${owner.join(", ")})`);
  }
  const owner = table.owners[specifier] ?? table.owners[name] ?? [];
  return owner.includes(folder) ? [] : breach(`package ${specifier}`);
}

const isBuiltin = (name: string) => name.startsWith("node:") || builtinModules.includes(name);

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function environmentBreaches(file: string, folder: string, nodes: Node[]): string[] {
  if (table.environmentReaders.includes(folder) || table.environmentReaders.includes(file)) return [];
  return nodes.flatMap((node) => {
    const member = memberOf(node);
    return member?.object === "process" && ["env", "argv"].includes(member.property)
      ? [`${file}: process.${member.property} is read in bin/ only`]
      : [];
  });
}

/** A part may hold a database and hand it on; what is asked of it stands in store/, behind a name and a scope. */
function queryBreaches(file: string, folder: string, nodes: Node[]): string[] {
  if (table.queryAskers.includes(folder)) return [];
  return nodes.flatMap((node) => {
    if (node.type !== "MemberExpression") return [];
    const { value, name = value } = node.property as Node;
    return typeof name === "string" && table.queries.includes(name)
      ? [`${file}: .${name} asks the database outside store/`]
      : [];
  });
}

/** A value that is only said to come from its maker proves nothing. */
function mintBreaches(file: string, folder: string, nodes: Node[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type !== "TSAsExpression" && node.type !== "TSTypeAssertion") return [];
    const said = node.typeAnnotation as Node;
    // A test's own objects may begin empty, and hold such values later.
    return (folder === "test" ? [said] : [...walk(said)]).flatMap((type) => {
      const name = type.type === "TSTypeReference" ? String((type.typeName as Node).name) : "";
      const makers = Object.hasOwn(table.minters, name) ? table.minters[name] : undefined;
      return makers === undefined || makers.includes(file)
        ? []
        : [`${file}: asserts ${name} instead of having it made`];
    });
  });
}

const idBegin = new RegExp(`^(${Object.values(idPrefixes).join("|")})_`);

/** The compiler takes a text with the prefix of a kind for an id of it, so that nobody but the maker writes one. */
function idBreaches(file: string, folder: string, nodes: Node[]): string[] {
  if (folder === "test" || table.idWriters.includes(file)) return [];
  return nodes.flatMap((node) => {
    const text =
      node.type === "TemplateLiteral"
        ? (node.quasis as { value: { raw: string } }[])[0]?.value.raw
        : node.type === "Literal"
          ? node.value
          : undefined;
    return typeof text === "string" && idBegin.test(text) ? [`${file}: writes an id, ${text}…, by hand`] : [];
  });
}

/** A test that is skipped proves nothing, and one that runs alone silences the others. */
function testBreaches(file: string, folder: string, nodes: Node[]): string[] {
  if (folder !== "test") return [];
  return nodes.flatMap((node) => {
    const member = memberOf(node);
    return member !== undefined &&
      ["it", "test", "describe", "suite"].includes(member.object) &&
      ["skip", "only", "todo", "skipIf", "runIf", "fails"].includes(member.property)
      ? [`${file}: ${member.object}.${member.property}`]
      : [];
  });
}

/** `a.b`, `a["b"]` and `a.x.b` as {object: "a", property: "b"}. */
function memberOf(node: Node): { object: string; property: string } | undefined {
  if (node.type !== "MemberExpression") return undefined;
  let object = node.object as Node;
  while (object.type === "MemberExpression") object = object.object as Node;
  const property = node.property as Node;
  const name = node.computed === true ? property.value : property.name;
  return object.type === "Identifier" && typeof name === "string"
    ? { object: String(object.name), property: name }
    : undefined;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof (child as Node).type === "string") {
        yield* walk(child as Node);
      }
    }
  }
}
