import { spawn } from "node:child_process";
import { ownPage } from "../cli/own-page.ts";

/** Starts a program that nobody waits for. */
export type Start = (command: string, args: readonly string[]) => void;

/**
 * Shows a page of this server in the person's browser. The address has been printed too, so a computer without a browser loses
 * nothing. Throws `internal` for any other address, and starts nothing then.
 */
export function openPage(page: string, origin: string, platform: NodeJS.Platform, start: Start = started): void {
  const url = ownPage(page, origin);
  if (platform === "darwin") start("open", [url]);
  else if (platform === "win32") start("rundll32", ["url.dll,FileProtocolHandler", url]);
  else start("xdg-open", [url]);
}

function started(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
