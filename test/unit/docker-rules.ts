import { existsSync, readFileSync } from "node:fs";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** One for each program; what they are made from comes before them. */
const targets = ["authority", "gateway", "agent", "cli"];
const secretName = /pass|secret|token|key|credential|url/i;

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly lines: { readonly word: string; readonly rest: string }[];
}

/** Stages of a Dockerfile: its instructions with their continuation lines, without comments. */
export function stagesOf(text: string): Stage[] {
  const stages: Stage[] = [];
  const joined = text.replace(/^\s*#.*\n/gm, "").replace(/\\\n\s*/g, "");
  for (const line of joined.split("\n").filter((one) => one.trim() !== "")) {
    const [, word = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === "FROM") {
      const [, base = "", name = ""] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      stages.push({ name, base, lines: [] });
    } else stages.at(-1)?.lines.push({ word, rest });
  }
  return stages;
}

/** What is wrong with a Dockerfile, a line each. */
export function dockerfileFaults(text: string): string[] {
  const stages = stagesOf(text);
  const faults: string[] = [];
  const files = new Set<string>();
  for (const { name, base, lines } of stages) {
    const own = stages.some((stage) => stage.name === base);
    if (!own && !/^[\w./-]+:\d+\.\d+\.\d+-[\w-]+$/.test(base)) faults.push(`${name}: ${base} is not pinned`);
    for (const { word, rest } of lines) {
      if ((word === "ENV" || word === "ARG") && secretName.test(rest.split("=")[0] ?? ""))
        faults.push(`${name}: ${word} ${rest}`);
      if (word === "ADD") faults.push(`${name}: ADD fetches and unpacks; COPY does not`);
      if (word === "COPY" && /(^|[\s/])(data|secrets?|certificates|\.env)(\/|\s|$)/.test(rest))
        faults.push(`${name}: COPY ${rest}`);
      if (word === "COPY" && targets.includes(name) && /^\.\s/.test(rest)) faults.push(`${name}: COPY of everything`);
      if (word === "RUN")
        for (const [, script = ""] of rest.matchAll(/npm run (\S+)/g))
          if (!scripts[script]) faults.push(`no npm script ${script}`);
      if (word === "COPY" && !rest.startsWith("--from"))
        for (const source of rest.split(/\s+/).slice(0, -1)) if (!existsSync(source)) faults.push(`no file ${source}`);
    }
  }
  for (const target of targets) {
    const lines = stages.find(({ name }) => name === target)?.lines ?? [];
    const last = (word: string) => lines.findLast((line) => line.word === word)?.rest;
    if (!/^[1-9]\d*:[1-9]\d*$/.test(last("USER") ?? "")) faults.push(`${target}: no user but root`);
    if (last("HEALTHCHECK") === undefined) faults.push(`${target}: no health check`);
    const entry = /^\["node", "([^"]+)"\]$/.exec(last("ENTRYPOINT") ?? "")?.[1];
    if (entry === undefined) faults.push(`${target}: no entry point`);
    // A bundle is made from the program of the same name.
    else files.add(entry.replace(/^dist\/bundle\/(.*)\.cjs$/, "bin/$1.ts"));
    if (lines.findIndex(({ word }) => word === "USER") < lines.findLastIndex(({ word }) => word === "RUN"))
      faults.push(`${target}: RUN after USER`);
  }
  return [...faults, ...[...files].filter((file) => !existsSync(file)).map((file) => `no file ${file}`)];
}

type Yaml = string | null | Yaml[] | { [name: string]: Yaml };

/** As much of YAML as the compose file is written in: maps and lists by indentation, flow lists of one line, no anchors. */
function parseYaml(text: string): Yaml {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("#"))
    .map((line) => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  let at = 0;
  const scalar = (word: string): Yaml => {
    if (word === "") return null;
    if (word.startsWith("[")) return (JSON.parse(word) as string[]) ?? null;
    return word.startsWith('"') ? (JSON.parse(word) as string) : word;
  };
  const block = (indent: number): Yaml => {
    const list: Yaml[] = [];
    const map: { [name: string]: Yaml } = {};
    for (let line = lines[at]; line && line.indent === indent; line = lines[at]) {
      at++;
      if (line.text.startsWith("- ")) {
        list.push(scalar(line.text.slice(2)));
        continue;
      }
      const [, name = "", rest = ""] = /^([^:]+):\s*(.*)$/.exec(line.text) ?? [];
      const next = lines[at];
      map[name] = rest === "" && next && next.indent > indent ? block(next.indent) : scalar(rest);
    }
    return list.length > 0 ? list : map;
  };
  return block(0);
}

const mapOf = (value: Yaml | undefined): { [name: string]: Yaml } =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
const textOf = (value: Yaml | undefined): string => (typeof value === "string" ? value : "");
const namesOf = (value: Yaml | undefined): string[] =>
  Array.isArray(value) ? value.map(textOf) : Object.keys(mapOf(value));

/** What is wrong with a compose file, a line each. */
export function composeFaults(text: string): string[] {
  const file = mapOf(parseYaml(text));
  const services = mapOf(file.services);
  const networks = mapOf(file.networks);
  const faults: string[] = [];
  const isInternal = (name: string) => mapOf(networks[name]).internal === "true";
  for (const [name, value] of Object.entries(services)) {
    const service = mapOf(value);
    const build = mapOf(service.build);
    if (service.read_only !== "true") faults.push(`${name}: its root can be written`);
    if (!namesOf(service.cap_drop).includes("ALL")) faults.push(`${name}: has capabilities`);
    if (!namesOf(service.security_opt).includes("no-new-privileges:true")) faults.push(`${name}: may gain privileges`);
    if (service.privileged !== undefined || service.cap_add !== undefined) faults.push(`${name}: is privileged`);
    if (!service.build && !/^[a-z]+:\d+\.\d+(\.\d+)?-[a-z]+$/.test(textOf(service.image)))
      faults.push(`${name}: its image is not pinned`);
    if (service.build && !targets.includes(textOf(build.target)))
      faults.push(`${name}: no target ${textOf(build.target)}`);
    if (!service.build && !/^[1-9]\d*:/.test(textOf(service.user))) faults.push(`${name}: no user but root`);
    for (const [variable, content] of Object.entries(mapOf(service.environment)))
      if (secretName.test(variable) && !textOf(content).startsWith("/run/secrets/"))
        faults.push(`${name}: ${variable} in the environment`);
    for (const secret of namesOf(service.secrets))
      if (!(secret in mapOf(file.secrets))) faults.push(`${name}: no secret ${secret}`);
    const ports = namesOf(service.ports);
    const allowed = { gateway: /^443:443$/, authority: /^\$\{STAFF_ADDRESS:-127\.0\.0\.1\}:8443:8443$/ }[name];
    for (const port of ports) if (!allowed?.test(port)) faults.push(`${name}: publishes ${port}`);
    if (name !== "gateway" && namesOf(service.networks).includes("public"))
      faults.push(`${name}: stands in the public network`);
    if (["postgres", "redis"].includes(name) && service.network_mode !== "none") faults.push(`${name}: has a network`);
    for (const network of namesOf(service.networks))
      if (!(network in networks)) faults.push(`${name}: no network ${network}`);
  }
  const inVlan = Object.keys(services).filter((name) => namesOf(mapOf(services[name]).networks).includes("vlan"));
  if (String(inVlan) !== "agent") faults.push(`vlan: ${String(inVlan)} stand in it`);
  if (mapOf(mapOf(services.agent).sysctls)["net.ipv4.ip_forward"] !== "0") faults.push("agent: forwards");
  for (const network of namesOf(mapOf(services.agent).networks))
    if (!isInternal(network)) faults.push(`agent: ${network} leads outside`);
  if (!isInternal("vlan")) faults.push("vlan: it is not internal");
  for (const [name, value] of Object.entries(mapOf(file.secrets)))
    if (!textOf(mapOf(value).file).startsWith("./secrets/")) faults.push(`secret ${name}: is no file of secrets/`);
  return faults;
}
