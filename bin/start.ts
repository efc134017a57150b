import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { beginAgent, beginServers, beginsEmpty, portsOf, prepareWorld } from "./start/begin.ts";
import { masterKeyFile, openDataFolder } from "./start/data-folder.ts";
import { directions } from "./start/directions.ts";
import { awaitAgent, firstCode, typedHere } from "./start/empty.ts";
import { emptyDirections } from "./start/empty-directions.ts";
import { playPersonAtAgent } from "./start/host-person.ts";
import { type Message, message, StartError } from "./start/message.ts";
import { checkNodeVersion, packagedNode } from "./start/node-version.ts";
import { openEnrolments } from "./start/people.ts";
import { type Program, root } from "./start/program.ts";
import { markEnded, markRunning } from "./start/running.ts";
import { teller } from "./start/teller.ts";
import { buildWeb, webBuildIsStale } from "./start/web-build.ts";
import type { World } from "./start/world.ts";

interface Options {
  readonly data: string;
  readonly port?: string;
  readonly fresh: boolean;
  readonly empty: boolean;
  readonly json: boolean;
}

const options = new Command("npm start --")
  .description("Starts authority, gateway, agent and three sample devices on this machine, and says where to go.")
  .option("--data <folder>", "where everything is kept", "data")
  .option("--port <number>", "public port of the first start (7443 unless taken); the staff pages take the next one")
  .option("--fresh", "delete the data of earlier starts first", false)
  .option("--empty", "an installation without people and devices, to set up as a hospital does", false)
  .option("--json", "one JSON object per line instead of words", false)
  .parse()
  .opts<Options>();

const tell = teller(options.json, (line) => console.log(line));
let world: World | undefined;
let ending = false;

async function start(): Promise<void> {
  checkNodeVersion(process.version, packagedNode(readFileSync(join(root, "package.json"), "utf8")));
  const port = options.port === undefined ? undefined : parsePort(options.port);
  const dataFolder = openDataFolder(options.data, options.fresh);
  markRunning(dataFolder);
  process.on("exit", () => markEnded(dataFolder));
  const ports = await portsOf(dataFolder, port);
  if (webBuildIsStale()) {
    await buildWeb();
    tell.step(message("ページを作りました", "the pages are built"));
  }
  const worldOptions = {
    dataFolder,
    ports,
    empty: beginsEmpty(dataFolder, options.empty),
    masterKeyFile: masterKeyFile(dataFolder, process.env),
    progress: (says: Message) => tell.step(says),
  };
  world = await prepareWorld(worldOptions);
  for (const program of world.programs) program.onLogFailure((error) => void end(1, unwritten(program, error)));
  await beginServers(world, worldOptions);
  if (worldOptions.empty) {
    for (const program of world.programs) program.onDeath(() => void end(1, died(program)));
    const code = await firstCode(world);
    sayReady(world, { ...code, ...typedHere(world) }, emptyDirections(world, code));
    await awaitAgent(world, worldOptions);
    return;
  }
  playPersonAtAgent(world, tell);
  await beginAgent(world, worldOptions);
  for (const program of world.programs) program.onDeath(() => void end(1, died(program)));
  const enrolments = await openEnrolments(world);
  sayReady(world, { enrolments }, directions(world.addresses, enrolments, worldOptions.masterKeyFile));
}

function sayReady({ addresses, programs, masterKeyFile }: World, further: object, text: string): void {
  const { portalOrigin, staffOrigin } = addresses;
  const pids = Object.fromEntries(programs.filter(({ running }) => running).map(({ name, pid }) => [name, pid]));
  tell.facts("ready", { portal: portalOrigin, staff: staffOrigin, ...further, pids, masterKey: masterKeyFile }, text);
}

/** One part has died by itself, and the others are ended with it. */
function died(program: Program): StartError {
  const { says, detail } = program.trouble();
  const next = message(
    "もう一度 npm start を実行すると、同じデータで続きます。",
    "Another npm start goes on with the same data.",
  );
  return new StartError(message(`${says.ja}\n    ${next.ja}`, `${says.en}\n    ${next.en}`), detail);
}

/** Mostly a full disk, on which the store can't be written either. */
function unwritten(program: Program, { message: why }: Error): StartError {
  const { name, logFile } = program;
  return new StartError(
    message(
      `${name} のログ（${logFile}）を書けません: ${why}。ディスクを空けてから、もう一度 npm start を実行すると、同じデータで続きます。`,
      `The log of ${name} can't be written: ${why}. Its file: ${logFile}. Free the disk; another npm start goes on with the same data.`,
    ),
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  // The staff pages take the next one.
  if (Number.isInteger(port) && port >= 1 && port <= 65_534) return port;
  throw new StartError(message(`ポート番号が正しくありません: ${text}`, `That is no port: ${text}`));
}

/** Ends every child, by pid, and then this process. A death that comes while ending is no trouble. */
async function end(code: number, why?: StartError): Promise<void> {
  if (ending) return;
  ending = true;
  if (why) tell.trouble(why.says, why.detail);
  await world?.stop();
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));
// Whoever read the output has gone: nobody would see a child die.
process.stdout.on("error", () => void end(1));
// Whatever happens here, no child is left behind.
process.on("uncaughtException", (error) => void end(1, unforeseen(error)));
start().catch((error: unknown) => end(1, error instanceof StartError ? error : unforeseen(error)));

function unforeseen(error: unknown): StartError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new StartError(message("予期しないエラーです。", "An unforeseen error."), text);
}
