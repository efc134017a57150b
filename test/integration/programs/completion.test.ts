import { execFile } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { candidates } from "../../../cli/completion-names.ts";
import { device, grant, idOf, session } from "../../component/cli/facts.ts";
import { environment, program } from "../../component/cli/program.ts";
import { commandLine, StandIn } from "../../component/cli/stand-in.ts";

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(() => {
  server.answers["GET /api/devices"] = {
    devices: [
      device({ name: "生体情報モニター (Vital monitor)" }),
      device({ id: idOf("device", 2), name: "$(touch pwned) `touch pwned`" }),
    ],
  };
  server.answers["GET /api/grants"] = { grants: [grant()] };
  server.answers["GET /api/sessions"] = { sessions: [session()] };
});
beforeAll(async () => {
  server = await new StandIn().listen();
  line = commandLine();
  line.signIn(server.origin);
  const genkan = join(line.path, "genkan");
  writeFileSync(genkan, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(genkan, 0o755);
});
afterAll(() => {
  server.close();
  line.remove();
});
afterEach(() => expect(existsSync(join(line.path, "pwned"))).toBe(false));

function run(command: string, args: readonly string[]): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...environment(line.path), LC_ALL: "C.UTF-8" };
  const given = { env: { ...env, PATH: `${line.path}:${env["PATH"] ?? ""}` }, cwd: line.path };
  return new Promise((resolve) => execFile(command, args, given, (_error, out, err) => resolve(out + err)));
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** What bash offers in place of the last of `words`. */
async function inBash(...words: string[]): Promise<string[]> {
  const script = [
    'eval "$(genkan completion bash)"; eval "$(genkan completion bash)"',
    `COMP_WORDS=(genkan ${words.map(quoted).join(" ")}); COMP_CWORD=${words.length}`,
    "_genkan; printf '%s\\n' \"${COMPREPLY[@]}\"",
  ];
  const out = await run("bash", ["--norc", "-c", script.join("\n")]);
  return out.split("\n").filter((word) => word !== "");
}

/** The line as zsh's own editor leaves it after somebody has typed and pressed tab. */
async function inZsh(typed: string): Promise<string> {
  const script = [
    "zmodload zsh/zpty",
    "zpty z zsh -f -i",
    // The prompt says that the line before it is done.
    `zpty -w z "PS1='ready> '; autoload -U compinit; compinit -u; eval \\"\\$(genkan completion zsh)\\"; bindkey '^M' accept-line; echo be''gin"`,
    "zpty -r -m z got '*begin*ready> *'",
    `zpty -w -n z ${quoted(`${typed}\t`)}`,
    // What is typed behind the completion shows when it is over.
    "zpty -w -n z 'E''ND'",
    "zpty -r -m z got '*END*'",
    'print -r -- "$got"',
    "zpty -d z",
  ];
  const out = await run("zsh", ["-f", "-c", script.join("\n")]);
  // oxlint-disable-next-line no-control-regex -- the editor moves the cursor
  return out.replace(/\u001b\[[\d;?]*[A-Za-z]|\u001b[=>]|\r|\u0007/g, "").replace(/ +/g, " ");
}

describe("completion in bash", () => {
  it("offers verbs and options", async () => {
    await expect(inBash("co")).resolves.toEqual(["connect", "completion", "contract"]);
    await expect(inBash("audit", "")).resolves.toEqual(["export", "proof", "verify"]);
    await expect(inBash("connect", "--s")).resolves.toEqual(["--stdio"]);
    await expect(inBash("lock", "ve")).resolves.toEqual(["vendor"]);
  });

  it("offers live names that mean one thing, and of a name that a shell could read otherwise the ID", async () => {
    await expect(inBash("connect", "")).resolves.toEqual(["生体情報モニター", "vital", idOf("device", 2)]);
    await expect(inBash("connect", "生")).resolves.toEqual(["生体情報モニター"]);
    await expect(inBash("connect", "vital", "")).resolves.toEqual(["shell", "admin", "line"]);
    await expect(inBash("connect", "--grant", "")).resolves.toContain("vital");
    await expect(inBash("cut", "山")).resolves.toEqual(["山田"]);
  });

  it("runs nothing of what has been typed", async () => {
    await expect(inBash("connect", "$(touch pwned)")).resolves.toEqual([]);
    await expect(inBash("$(touch pwned)", "")).resolves.toEqual([]);
  });

  it("is quiet where a file or a text is wanted, when nobody is signed in, and when the server fails", async () => {
    await expect(inBash("audit", "verify", "")).resolves.toEqual([]);
    await expect(inBash("request", "vital", "shell", "--reason", "")).resolves.toEqual([]);
    await expect(inBash("no-such-verb", "")).resolves.toEqual([]);
    delete server.answers["GET /api/devices"];
    await expect(inBash("connect", "")).resolves.toEqual([]);
    server.answers["GET /api/devices"] = () => undefined;
    await expect(inBash("connect", "")).resolves.toEqual([]);
  });
});

describe("completion in zsh", () => {
  it("completes a verb, and a live name", async () => {
    await expect(inZsh("genkan conn")).resolves.toContain("genkan connect END");
    await expect(inZsh("genkan connect vi")).resolves.toContain("genkan connect vital END");
  });

  it("runs nothing of what has been typed", async () => {
    await expect(inZsh("genkan connect $(touch pwned) s")).resolves.toContain("END");
  });
});

describe("completion in PowerShell", () => {
  it("asks with the words as they are, and evaluates nothing", async () => {
    const script = await run("genkan", ["completion", "powershell"]);
    expect(script).toContain("Register-ArgumentCompleter -Native -CommandName genkan");
    expect(script).not.toMatch(/Invoke-Expression|iex/i);
    for (const [open, close] of ["{}", "()", "[]"]) {
      expect(script.split(open ?? "").length).toBe(script.split(close ?? "").length);
    }
    await expect(run("genkan", ["complete", "--next", "--", "audit"])).resolves.toMatch(
      /^export\t.+\nproof\t.+\nverify\t/,
    );
  });
});

describe("a name that is offered", () => {
  it("means one thing only; what shares its beginning is offered by ID", () => {
    const pumps = ["Pump 1", "Pump 2"].map((name, n) => ({ id: idOf("device", n), names: [name], where: "北病院" }));
    expect(candidates(pumps)).toEqual([
      { word: idOf("device", 0), about: "Pump 1, 北病院" },
      { word: idOf("device", 1), about: "Pump 2, 北病院" },
    ]);
  });
});
