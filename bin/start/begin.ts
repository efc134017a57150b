import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasJoined } from "../../agent/joined.ts";
import { fingerprint } from "../../crypto/thumbprint.ts";
import { replaceFile } from "../../files/durable-file.ts";
import { readKeyFile } from "../../gateway/key-file.ts";
import { GenkanError } from "../../protocol/error.ts";
import { message, StartError } from "./message.ts";
import { checkPorts, choosePorts, type Ports } from "./ports.ts";
import { type Progress, parseProgress } from "./progress.ts";
import { addressesOf, askAuthority, askGateway, foldersOf, World, type WorldOptions } from "./world.ts";

const startMs = 30_000;

/**
 * Ports of this data folder: those of its first start, or else new ones. All must be free. `named` is the public port
 * that a person asked for: passkeys and links are bound to the first one, so another is refused later.
 */
export async function portsOf(dataFolder: string, named?: number): Promise<Ports> {
  const kept = recall(dataFolder)?.ports;
  if (kept && named !== undefined && named !== kept.public) {
    throw new StartError(
      message(
        `このデータのポートは ${kept.public} です。パスキーとリンクがこの番号に結び付いているため、変えるには --fresh で新しく始めてください。`,
        `The port of this data is ${kept.public}: passkeys and links are bound to it. To change it, begin anew with --fresh.`,
      ),
    );
  }
  const ports = kept ?? (await choosePorts(named));
  await checkPorts(ports, dataFolder);
  if (!kept) remember(dataFolder, { ports });
  return ports;
}

/**
 * Whether this data began empty, or is to: what is noted once holds for each later start. Throws where `asked` comes too late,
 * for people and devices of the sample are there.
 */
export function beginsEmpty(dataFolder: string, asked: boolean): boolean {
  const known = recall(dataFolder);
  if (asked && known?.initialised && !known.empty)
    throw new StartError(
      message(
        `${dataFolder} には見本の病院が入っています。--fresh --empty で新しく始めるか、--data で別のフォルダーを指定してください。`,
        `${dataFolder} holds the sample hospital. Begin anew with --fresh --empty, or name another folder with --data.`,
      ),
    );
  if (asked) remember(dataFolder, { empty: true });
  return asked || known?.empty === true;
}

/** Makes keys and database where they are missing. Nothing runs yet. */
export async function prepareWorld(options: WorldOptions): Promise<World> {
  const { dataFolder, ports, progress } = options;
  const addresses = addressesOf(options);
  const { allowFile: _, ...folders } = foldersOf(dataFolder);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const gateway = await gatewayKey(options);
  const authority = await askAuthority(options, "init", {
    "--portal-origin": addresses.portalOrigin,
    "--staff-origin": addresses.staffOrigin,
    "--access-domain": addresses.accessDomain,
    "--access-port": String(ports.public),
    ...(recall(dataFolder)?.initialised || options.empty ? {} : { "--sample": true }),
  });
  remember(dataFolder, { ports, initialised: true });
  progress(message("鍵とデータベースを用意しました", "keys and database are ready"));
  return new World(options, {
    gateway,
    authority: String(authority.fingerprint),
    logKey: String(authority.logKey),
  });
}

/** A gateway keeps its key for good: fingerprint of the one that is there, or of one that it makes. */
async function gatewayKey(options: WorldOptions): Promise<string> {
  try {
    return fingerprint((await readKeyFile(foldersOf(options.dataFolder).gateway)).pin);
  } catch (error) {
    if (!(error instanceof GenkanError) || error.code !== "not-found") throw error;
    return String((await askGateway(options, "init")).fingerprint);
  }
}

/** Starts gateway, authority and sample devices. The agent comes by {@link beginAgent}. */
export async function beginServers(world: World, { dataFolder, progress }: WorldOptions): Promise<void> {
  world.gateway.start();
  await world.gateway.waitFor("listening", startMs);
  progress(message(`ゲートウェイ起動（ポート ${world.ports.public}）`, `gateway is up (port ${world.ports.public})`));

  if (!recall(dataFolder)?.gatewayAdded) {
    await world.askAuthority("gateway add", {
      "--name": "gateway-1",
      "--address": world.addresses.gateway,
      "--key": world.fingerprints.gateway,
    });
    remember(dataFolder, { gatewayAdded: true });
  }
  world.authority.start();
  await world.authority.waitFor("listening", startMs);
  await world.authority.waitFor("gateway-connected", startMs);
  progress(message("認可サーバー起動、ゲートウェイに接続", "authority is up and has dialled its gateway"));

  world.sample.start();
  await world.sample.waitFor("listening", startMs);
  progress(message("見本の医療機器 3 台を起動", "three sample devices are up"));
}

/** What a site hands to whoever stands at the agent's host: a one-time token and the fingerprints. */
export type JoinOrder = Readonly<Record<"--gateway" | "--gateway-key" | "--authority-key" | "--token", string>>;

export async function orderJoin(world: World): Promise<JoinOrder> {
  const order = await world.askAuthority("agent token", { "--site": "first" });
  return {
    "--gateway": String(order.gateway),
    "--gateway-key": String(order.gatewayKey),
    "--authority-key": String(order.authorityKey),
    "--token": String(order.token),
  };
}

/** Runs the agent; one that has not joined joins, and the sample devices are registered behind it unless all began empty. */
export async function beginAgent(
  world: World,
  { dataFolder, progress, empty }: WorldOptions,
  order?: JoinOrder,
): Promise<void> {
  if (!hasJoined(world.folders.agent)) {
    await world.askAgent("join", { ...(order ?? (await orderJoin(world))), "--name": "agent-1" });
    progress(message("エージェントが参加しました", "the agent has joined the site"));
  }
  if (!existsSync(world.folders.allowFile)) world.allow();
  world.agent.start();
  await world.agent.waitFor("connected", startMs);
  progress(message("エージェント起動（外向き接続のみ）", "agent is up (it only dials out)"));
  if (empty || recall(dataFolder)?.devicesAdded) return;
  const places = (["nurseCall", "vitalMonitor", "infusionPump"] as const).map(
    (name) => `${name}=${world.addresses[name]}`,
  );
  await world.askAuthority("sample", { "--addresses": places.join(",") });
  remember(dataFolder, { devicesAdded: true });
}

const file = (dataFolder: string) => join(dataFolder, "start.json");

function recall(dataFolder: string): Progress | undefined {
  return existsSync(file(dataFolder)) ? parseProgress(readFileSync(file(dataFolder), "utf8")) : undefined;
}

/** In one step: a start that is cut short here leaves the notes of before. */
function remember(dataFolder: string, done: Partial<Progress>): void {
  replaceFile(file(dataFolder), `${JSON.stringify({ ...recall(dataFolder), ...done }, null, 2)}\n`);
}
