import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a newly installed server has at the least, beside what Debian calls essential. */
const wanted = ["libstdc++6", "systemd"];

interface Installed {
  readonly name: string;
  readonly essential: boolean;
  readonly provides: string[];
  /** Alternatives of each dependency. */
  readonly needs: string[][];
}

/**
 * A Debian system of its own in a folder: the essential packages, systemd's tools and the libraries of C and C++, copied
 * from this machine's own packages, so that nothing is fetched. There is no Node in it, no npm, and nothing of this checkout. What
 * runs in it has processes, mounts and a network of its own. Needs root.
 */
export class DebianRoot {
  readonly path: string;
  readonly #holder: ChildProcess;

  private constructor(path: string, holder: ChildProcess) {
    this.path = path;
    this.#holder = holder;
  }

  static async make(): Promise<DebianRoot> {
    const path = mkdtempSync(join(tmpdir(), "genkan-root-"));
    // A root that others may not enter would be none for a service's user.
    chmodSync(path, 0o755);
    fill(path);
    // Its namespaces live as long as this process does, and go with all that runs in them.
    const holder = spawn(
      "unshare",
      ["--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", prepared, "sh", path],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    await new Promise<void>((resolve, reject) => {
      holder.stdout?.once("data", () => resolve());
      holder.once("close", (code) => reject(new Error(`No Debian root: ${code}`)));
    });
    return new DebianRoot(path, holder);
  }

  /** The command that runs `command` inside. */
  inside(command: readonly string[]): [string, string[]] {
    const target = readFileSync(`/proc/${this.#holder.pid}/task/${this.#holder.pid}/children`, "utf8").trim();
    return ["nsenter", [`--target=${target}`, "--mount", "--pid", "--net", "chroot", this.path, ...command]];
  }

  /** Runs a command inside to its end, as root in an environment of its own. */
  run(command: readonly string[], environment: NodeJS.ProcessEnv = {}): { status: number | null; output: string } {
    const [program, args] = this.inside(command);
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", HOME: "/root", ...environment };
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
    return { status, output: stdout + stderr };
  }

  /** Starts a command inside, which ends with the root at the latest. */
  start(command: readonly string[]): ChildProcess {
    const [program, args] = this.inside(command);
    return spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } });
  }

  /** A file inside. */
  file(path: string): string {
    return join(this.path, path);
  }

  async remove(): Promise<void> {
    const closed = new Promise((resolve) => this.#holder.once("close", resolve));
    this.#holder.stdin?.end();
    await closed;
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Ends when its input does. */
const prepared = `
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
ip link set lo up
echo ready
cat > /dev/null
`;

/** Copies the packages with their files and what dpkg knows of them. */
function fill(root: string): void {
  const names = closure(installed());
  for (const folder of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${folder}`, join(root, folder));
  for (const folder of [
    "usr/bin",
    "usr/sbin",
    "usr/lib",
    "usr/lib64",
    "dev",
    "proc",
    "sys",
    "run",
    "tmp",
    "root",
    "var/lib/dpkg/info",
    "var/lib/dpkg/updates",
  ])
    mkdirSync(join(root, folder), { recursive: true });
  const info = "/var/lib/dpkg/info";
  const own = readdirSync(info).filter(
    (file) =>
      names.has(file.split(/[:.]/)[0] ?? "") || names.has(file.slice(0, file.lastIndexOf(".")).split(":")[0] ?? ""),
  );
  const lists = own
    .filter((file) => file.endsWith(".list"))
    .flatMap((file) => readFileSync(join(info, file), "utf8").split("\n"));
  const files = lists
    .filter((path) => path.length > 2 && !/^\/usr\/share\/(doc|man|locale|info)\//.test(path))
    .map((path) => path.slice(1));
  // Folders come with their rights; what this machine has taken away is missing here too.
  const copy = `tar --create --no-recursion --ignore-failed-read --files-from=- | tar --extract --keep-directory-symlink --directory="$0"`;
  const { status, stderr } = spawnSync("sh", ["-c", copy, root], {
    cwd: "/",
    input: files.join("\n"),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The packages could not be copied: ${stderr}`);
  for (const file of [...own, "format"]) copyFileSync(join(info, file), join(root, info, file));
  const status_ = readFileSync("/var/lib/dpkg/status", "utf8").split("\n\n");
  writeFileSync(
    join(root, "var/lib/dpkg/status"),
    `${status_.filter((one) => names.has(/^Package: (.*)$/m.exec(one)?.[1] ?? "")).join("\n\n")}\n\n`,
  );
  chmodSync(join(root, "tmp"), 0o1777);
  for (const list of ["passwd", "group"])
    copyFileSync(`/usr/share/base-passwd/${list}.master`, join(root, "etc", list));
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1 localhost\n");
  execFileSync("chroot", [root, "ldconfig"]);
}

function installed(): Map<string, Installed> {
  const format = "${Package}\t${Essential}\t${Provides}\t${Pre-Depends}, ${Depends}\n";
  const lines = execFileSync("dpkg-query", ["-W", `-f=${format}`], { encoding: "utf8", maxBuffer: 64 << 20 })
    .trimEnd()
    .split("\n");
  return new Map(
    lines.map((line) => {
      const [name = "", essential, provides = "", needs = ""] = line.split("\t");
      return [
        name,
        { name, essential: essential === "yes", provides: namesIn(provides).flat(), needs: namesIn(needs) },
      ];
    }),
  );
}

/** \`a (>= 1) | b, c:any\` → [[a, b], [c]] */
const namesIn = (text: string): string[][] =>
  text.split(",").map((group) =>
    group
      .split("|")
      .map((one) => one.trim().split(/[ :(]/)[0] ?? "")
      .filter((one) => one !== ""),
  );

function closure(packages: ReadonlyMap<string, Installed>): Set<string> {
  const found = new Set<string>();
  const providers = (name: string) =>
    [...packages.values()].filter(({ provides }) => provides.includes(name)).map((one) => one.name);
  const take = (name: string): void => {
    const one = packages.get(name);
    if (one === undefined || found.has(name)) return;
    found.add(name);
    for (const alternatives of one.needs) {
      const there = alternatives.flatMap((other) => (packages.has(other) ? [other] : providers(other)));
      if (there[0] !== undefined) take(there[0]);
    }
  };
  for (const { name, essential } of packages.values()) if (essential) take(name);
  for (const name of [...wanted, "dpkg"]) {
    if (!packages.has(name)) throw new Error(`This machine has no package ${name}.`);
    take(name);
  }
  return found;
}
