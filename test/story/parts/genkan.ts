import { join } from "node:path";
import { Program, root } from "../../../bin/start/program.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { readId } from "../../../protocol/read-id.ts";
import { type CommandResult, run } from "../../run/command.ts";
import { until } from "./wait.ts";

type Facts = Readonly<Record<string, unknown>>;

const script = join(root, "bin/genkan.ts");

/** What a command of `genkan` came to: its exit code and the objects that it printed. */
export interface Outcome {
  readonly code: number | null;
  readonly facts: readonly Facts[];
  readonly output: string;
}

/** The command line of one person, on a workstation with a folder of its own. */
export class Genkan {
  readonly #name: string;
  /** What it keeps on this workstation: its keys among them. */
  readonly stateFolder: string;
  readonly #folder: string;
  readonly #launch: readonly string[];
  /** Of whoever works there. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #connections: Connection[] = [];
  #attempts = 0;

  /** `launch` is the command that puts it on the computer of its person. */
  constructor(name: string, folder: string, launch: readonly string[]) {
    this.#name = name;
    this.#folder = folder;
    this.#launch = launch;
    this.stateFolder = join(folder, `genkan-${name}`);
    this.environment = { ...process.env, GENKAN_CONFIG_DIR: this.stateFolder, LC_ALL: "C.UTF-8" };
  }

  /** The command that runs it there, as another program starts it. */
  command(...args: string[]): string[] {
    return [...this.#launch, process.execPath, script, ...args];
  }

  async run(...args: string[]): Promise<Outcome> {
    return outcome(await this.#call(args));
  }

  /** The same, for what must succeed: the last object that it printed. */
  async must(...args: string[]): Promise<Facts> {
    const { code, facts, output } = await this.run(...args);
    if (code !== 0) throw new Error(`genkan ${args.join(" ")} exited ${code}: ${output.trim()}`);
    return facts.at(-1) ?? {};
  }

  /** `genkan login`; `confirm` opens the page that it names and types the code there. */
  async login(options: readonly string[], confirm: (page: string, code: string) => Promise<void>): Promise<Facts> {
    let confirming: Promise<void> | undefined;
    const result = await this.#call(["login", ...options], (line) => {
      const fact = parse(line);
      if (fact?.event === "code") confirming ??= confirm(String(fact.verificationUri), String(fact.userCode));
    });
    await confirming;
    if (result.code !== 0) throw new Error(`genkan login exited ${result.code}: ${result.output.trim()}`);
    return outcome(result).facts.at(-1) ?? {};
  }

  /** `genkan connect`, once its port is open. Throws what it said when it is refused. */
  async connect(device: string, service: string, grant?: string): Promise<Connection> {
    const program = new Program({
      name: `genkan-${this.#name}-${++this.#attempts}`,
      script,
      args: ["connect", device, service, "--json", ...(grant === undefined ? [] : ["--grant", grant])],
      logFolder: this.#folder,
      launch: this.#launch,
      environment: this.environment,
    });
    program.start();
    try {
      const { port, session } = await program.waitFor("listening", 60_000);
      const connection = new Connection(program, Number(port), readId("session", String(session)));
      this.#connections.push(connection);
      return connection;
    } catch {
      await program.stop();
      throw new Error(`genkan connect was refused: ${program.lastLog()}`);
    }
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) await connection.stop();
  }

  #call(args: readonly string[], onLine?: (line: string) => void): Promise<CommandResult> {
    const [command, ...before] = [...this.#launch, process.execPath];
    const environment = this.environment;
    return run(command, [...before, script, ...args, "--json"], { environment, ...(onLine ? { onLine } : {}) });
  }
}

/** A running `genkan connect`: a port on this computer that leads to the device. */
export class Connection {
  readonly port: number;
  readonly session: Id<"session">;
  readonly #program: Program;

  constructor(program: Program, port: number, session: Id<"session">) {
    this.#program = program;
    this.port = port;
    this.session = session;
  }

  get running(): boolean {
    return this.#program.running;
  }

  /** The end reason that it told, once it has ended. */
  async endReason(ms: number): Promise<string> {
    const ended = await this.#program.waitFor("ended", ms);
    await until("end of genkan connect", 5_000, () => !this.#program.running);
    return String(ended.reason);
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

function outcome({ code, output }: CommandResult): Outcome {
  return { code, output, facts: output.split("\n").flatMap((line): Facts[] => [parse(line) ?? []].flat()) };
}

function parse(line: string): Facts | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Facts) : undefined;
  } catch {
    return undefined;
  }
}
