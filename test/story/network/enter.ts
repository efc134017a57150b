import { spawn, spawnSync } from "node:child_process";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Everything that is made in there is gone with its last process: namespaces, addresses, rules, mounts. */
const trial = "mount -t tmpfs tmpfs /run && ip link set lo up && ip netns add trial && nft list ruleset && nsenter -V";

/** For what runs in there: root's tools lie where an ordinary user's PATH does not look. */
export const environment = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

/** Command that runs what follows it in network and mount namespaces of its own, as their root. */
export function apart(): readonly [string, ...string[]] {
  return ["unshare", "--net", "--mount", ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]), "--"];
}

/**
 * Runs a script again in network and mount namespaces of its own: as root as it is, otherwise as the root of a user
 * namespace. Its network is then an empty one, and nothing that it does reaches this machine's. Resolves to its exit code, or to
 * 1 where this can't be done, having said which command to run instead.
 */
export function enter(script: string, args: readonly string[]): Promise<number> {
  const [unshare, ...own] = apart();
  const tried = spawnSync(unshare, [...own, "sh", "-ec", trial], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  if (tried.status !== 0) {
    console.error(`Network namespaces can't be made here: ${(tried.error?.message ?? tried.stderr).trim()}`);
    console.error(`Run: ${remedy(tried.stderr)}`);
    return Promise.resolve(1);
  }
  const child = spawn(unshare, [...own, process.execPath, script, ...args], {
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

function remedy(said: string | undefined): string {
  if (said === undefined || said.includes("not found")) return "sudo apt-get install -y iproute2 nftables util-linux";
  return process.getuid?.() === 0 ? "it on a host where root may make namespaces" : "sudo npm run story -- --netns";
}
