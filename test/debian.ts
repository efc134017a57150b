import { existsSync, globSync, rmSync, writeFileSync } from "node:fs";
import { aptGet } from "./apt.ts";

/** Real parts that the tests run against: the Debian package, and a pattern of a file that it brings. */
const parts: Readonly<Record<string, string>> = {
  chromium: "/usr/bin/chromium",
  "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
  "openssh-server": "/usr/sbin/sshd",
  "openssh-client": "/usr/bin/scp",
  zsh: "/usr/bin/zsh",
  "netcat-openbsd": "/bin/nc.openbsd",
  iproute2: "/usr/bin/ip",
  nftables: "/usr/sbin/nft",
  openssl: "/usr/bin/openssl",
  systemd: "/usr/bin/systemd-analyze",
  postgresql: "/usr/lib/postgresql/*/bin/initdb",
  "redis-server": "/usr/bin/redis-server",
};

const policy = "/usr/sbin/policy-rc.d";

/** Installs what is missing where it may; otherwise returns the one command that a person has to run. */
export async function ensureDebianParts(): Promise<string | undefined> {
  const wanted = missing();
  if (wanted.length === 0) return undefined;
  const install = ["install", "-y", "--no-install-recommends", ...wanted];
  const command = `apt-get update && apt-get ${install.join(" ")}`;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return `sudo sh -c '${command}'`;
  console.log(`installing ${wanted.join(" ")}`);
  // Without this apt starts the daemons of what it installs; the tests start their own, in folders of their own.
  const ours = !existsSync(policy);
  const remove = () => (ours ? rmSync(policy, { force: true }) : undefined);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  process.once("exit", remove);
  try {
    const tell = (text: string) => void process.stderr.write(text);
    if ((await aptGet(["update"], { tell })).code === 0) await aptGet(install, { tell });
  } finally {
    remove();
  }
  return missing().length === 0 ? undefined : command;
}

function missing(): string[] {
  return Object.entries(parts)
    .filter(([, pattern]) => globSync(pattern).length === 0)
    .map(([name]) => name);
}
