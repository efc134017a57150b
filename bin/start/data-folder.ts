import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { sha256 } from "../../crypto/thumbprint.ts";
import { message, StartError } from "./message.ts";
import { refuseSecondStart } from "./running.ts";

const marker = ".genkan-data";

/**
 * Makes the data folder, or takes the one of an earlier start. A folder with other things in it is never used, and
 * `fresh` deletes only a folder that carries our marker.
 */
export function openDataFolder(folder: string, fresh: boolean): string {
  const path = resolve(folder);
  if (existsSync(path) && readdirSync(path).length > 0 && !existsSync(join(path, marker))) {
    throw new StartError(
      message(
        `${path} には Genkan のものではないファイルがあります。空のフォルダーを --data で指定してください。`,
        `${path} holds files that are not Genkan's. Name an empty folder with --data.`,
      ),
    );
  }
  refuseSecondStart(path);
  if (fresh) rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, "log"), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, marker), "Genkan made this folder; npm start -- --fresh deletes it.\n");
  return path;
}

/** The master key lies outside the data, so that a copy of the data alone opens nothing. One for each data folder. */
export function masterKeyFile(dataFolder: string, environment: NodeJS.ProcessEnv): string {
  const config = environment.XDG_CONFIG_HOME || join(homedir(), ".config");
  const folder = join(config, "genkan", `${basename(dataFolder)}-${sha256(dataFolder).slice(0, 12)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, "master.key");
}
