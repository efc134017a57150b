import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { message, StartError } from "./message.ts";
import { root } from "./program.ts";

const built = ["portal.html", "staff.html"].map((name) => join(root, "dist/web", name));
const sources = ["web", "protocol", "package-lock.json"].map((name) => join(root, name));

/** True when there is no build of the pages, or one that is older than what it is built from. */
export function webBuildIsStale(): boolean {
  return built.some((page) => !existsSync(page) || newest(sources) > statSync(page).mtimeMs);
}

/** Builds the pages into `dist/web`. Throws a {@link StartError} with the builder's last lines. */
export async function buildWeb(): Promise<void> {
  const child = spawn(process.execPath, ["node_modules/vite/bin/vite.js", "build", "-c", "web/vite.config.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: root,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code === 0) return;
  const last = output.trimEnd().split("\n").slice(-15).join("\n");
  throw new StartError(message("ページを作れませんでした。", "The pages could not be built."), last);
}

function newest(paths: readonly string[]): number {
  return Math.max(
    0,
    ...paths
      .filter((path) => existsSync(path))
      .map((path) => {
        const status = statSync(path);
        if (!status.isDirectory()) return status.mtimeMs;
        return newest(
          readdirSync(path)
            .filter((name) => name !== "node_modules")
            .map((name) => join(path, name)),
        );
      }),
  );
}
