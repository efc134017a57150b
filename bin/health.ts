import { readFileSync } from "node:fs";
import { connect } from "node:net";

/**
 * Whether the program of this container works, for its health check. `listens PORT`: it takes connections. `dials PORT`: it
 * holds one to such a port elsewhere, as an agent does that listens nowhere. `ready PORT`: it says on its port of metrics that
 * it is ready, and why where it is not. Exits 0 or 1.
 */
const [what, text = ""] = process.argv.slice(2);
const port = Number(text);
/** Less than the check's own timeout, so that it is this that answers. */
const waitMs = 2_000;

if (what === "listens") listens();
else if (what === "ready") await ready();
else process.exit(what === "dials" && dials() ? 0 : 1);

function listens(): void {
  const socket = connect({ host: "127.0.0.1", port, timeout: waitMs });
  const end = (code: number) => {
    socket.destroy();
    process.exit(code);
  };
  socket.once("connect", () => end(0));
  socket.once("timeout", () => end(1));
  socket.once("error", () => end(1));
}

/** What `--metrics PORT` serves. It is for people too: what does not hold is printed. */
async function ready(): Promise<never> {
  const signal = AbortSignal.timeout(waitMs);
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).catch(() => null);
  const text = (await answer?.text().catch(() => null)) ?? `Nobody answers on port ${port}.`;
  process.stdout.write(`${text.trimEnd()}\n`);
  process.exit(answer?.status === 200 ? 0 : 1);
}

/** Linux, proc(5): columns 3 and 4 are the remote address and the state; 01 is ESTABLISHED. */
function dials(): boolean {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap(lines).some((line) => {
    const [, , remote = "", state] = line.trim().split(/\s+/);
    return state === "01" && Number.parseInt(remote.split(":")[1] ?? "", 16) === port;
  });
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(1);
  } catch {
    // A machine without IPv6 has no such file.
    return [];
  }
}
