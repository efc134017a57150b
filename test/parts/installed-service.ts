import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { DebianRoot } from "./debian-root.ts";

interface Event {
  readonly event: string;
  readonly [member: string]: unknown;
}

/** A service as its unit says, started by hand, for no service manager runs inside a {@link DebianRoot}. */
export class InstalledService {
  readonly #child: ChildProcess;
  readonly #events: Event[] = [];
  #log = "";

  constructor(root: DebianRoot, name: string) {
    const unit = readFileSync(root.file(`/usr/lib/systemd/system/${name}.service`), "utf8");
    const said = (key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value = ""]) => value);
    const credentials = `/run/credentials/${name}.service`;
    for (const credential of said("LoadCredential")) {
      const [as = "", from = ""] = credential.split(":");
      const copy = `install -d -m 0500 -o ${name} ${credentials} && install -m 0400 -o ${name} ${from} ${credentials}/${as}`;
      root.run(["sh", "-c", copy]);
    }
    const environment = said("Environment").map((one) => one.replace("%d", credentials));
    const [user = ""] = said("User");
    const ports = said("AmbientCapabilities")
      .filter((one) => one !== "")
      .map((one) => one.toLowerCase().replace("cap_", "+"));
    const rights = [
      "--no-new-privs",
      ...(ports.length > 0
        ? [`--inh-caps=-all,${ports.join()}`, `--ambient-caps=-all,${ports.join()}`]
        : ["--inh-caps=-all"]),
    ];
    this.#child = root.start([
      "setpriv",
      `--reuid=${user}`,
      `--regid=${user}`,
      "--clear-groups",
      ...rights,
      "env",
      ...environment,
      ...(said("ExecStart")[0] ?? "").split(" "),
    ]);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#take(line));
  }

  #take(line: string): void {
    this.#log += `${line}\n`;
    const parsed = line.startsWith("{") ? (JSON.parse(line) as Partial<Event>) : {};
    if (typeof parsed.event === "string") this.#events.push(parsed as Event);
    this.#child.emit("said");
  }

  /** Waits until it tells of this event; throws with what it said when it ends first. */
  async tells(event: string): Promise<Event> {
    for (;;) {
      const found = this.#events.find((one) => one.event === event);
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`It ended, and told of no ${event}:\n${this.#log}`);
      await Promise.race([once(this.#child, "said"), once(this.#child, "close")]);
    }
  }

  /** Asks it to end, and returns its exit code. */
  async stop(root: DebianRoot, name: string): Promise<number | null> {
    const closed = once(this.#child, "close");
    root.run([
      "sh",
      "-c",
      `for p in /proc/[0-9]*; do [ "$(readlink $p/exe)" = /usr/lib/${name}/${name} ] && kill \${p#/proc/}; done`,
    ]);
    const [code] = (await closed) as [number | null];
    return code;
  }
}
