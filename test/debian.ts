import { spawnSync } from "node:child_process";
import { existsSync, globSync, rmSync, writeFileSync } from "node:fs";

/** Real parts that the tests run against: the Debian package, and a pattern of a file that it brings. */
const parts: Readonly<Record<string, string>> = {
  chromium: "/usr/bin/chromium",
  "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
  "openssh-server": "/usr/sbin/sshd",
  "openssh-client": "/usr/bin/scp",
  "netcat-openbsd": "/bin/nc.openbsd",
  iproute2: "/usr/bin/ip",
  nftables: "/usr/sbin/nft",
  openssl: "/usr/bin/openssl",
  postgresql: "/usr/lib/postgresql/*/bin/initdb",
  "redis-server": "/usr/bin/redis-server",
};

const policy = "/usr/sbin/policy-rc.d";

/** Installs what is missing where it may; otherwise returns the one command that a person has to run. */
export function ensureDebianParts(): string | undefined {
  const wanted = missing();
  if (wanted.length === 0) return undefined;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${wanted.join(" ")}`;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return `sudo sh -c '${command}'`;
  console.log(`installing ${wanted.join(" ")}`);
  // Without this apt starts the daemons of what it installs; the tests start their own, in folders of their own.
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("sh", ["-c", `${command} >&2`], { stdio: ["ignore", "inherit", "inherit"], env: environment });
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
  return missing().length === 0 ? undefined : command;
}

function missing(): string[] {
  return Object.entries(parts)
    .filter(([, pattern]) => globSync(pattern).length === 0)
    .map(([name]) => name);
}
