import { runScript } from "../../run/command.ts";
import { endCommandsWithThis } from "../../run/group.ts";

/** Runs a program that starts one itself; both tell their ids. Called with "deaf", the inner one ends by no kind signal. */
const deaf = process.argv[2] === "deaf" ? `process.on("SIGTERM", () => {});` : "";
const inner = `${deaf} console.log(process.pid); setInterval(() => {}, 1000);`;
const outer = `const { spawn } = await import("node:child_process"); console.log(process.pid);
  spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "inherit" }); setInterval(() => {}, 1000);`;
endCommandsWithThis();
await runScript("--input-type=module", ["-e", outer], { onLine: (line) => console.log(line) });
