import { execFileSync } from "node:child_process";

/** Becomes the command that its arguments name: same process, same streams, same signals. */
const [command = "", ...args] = process.argv.slice(2);
const file = execFileSync("/bin/sh", ["-c", 'command -v -- "$1"', "sh", command]).toString().trim();
process.execve?.(file, [file, ...args], process.env);
