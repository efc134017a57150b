import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { packagedPrograms } from "../../../package/program.ts";
import { sha256Of } from "../../../package/sums.ts";
import { version } from "../../../protocol/version.ts";
import { debFile, older, olderGateway, packages, singleFile } from "../../parts/packages.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "genkan-single-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** No Node on the path, no checkout, and a home of its own. */
const bare = (home: string) => ({ PATH: "/nowhere", HOME: home, TMPDIR: home, LC_ALL: "C.UTF-8" });

/** What the staff host answers; `fetch` does not let its caller name the host. */
function got(
  port: number,
  path: string,
): Promise<{ status: number | undefined; type: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: "127.0.0.1", port, path, headers: { host: "staff.localhost:7444" } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.once("end", () => resolve({ status: answer.statusCode, type: answer.headers["content-type"], text }));
    });
    asked.once("error", reject);
  });
}

describe("what packaging makes", () => {
  let made: string;
  beforeAll(async () => void (made = await packages()));

  test.each(packagedPrograms.map(({ name }) => name))("%s is one file that runs without Node", (name) => {
    const home = folder();
    const { stdout, status } = spawnSync(singleFile(made, name), ["--version"], { encoding: "utf8", env: bare(home) });
    expect([status, stdout]).toEqual([0, expect.stringContaining(`${name} ${version} (`)]);
    expect(stdout).not.toContain("not packaged");
    expect(readdirSync(home)).toEqual([]);
  });

  test("a program in one file runs no script that the environment names", () => {
    const env = { ...bare(folder()), NODE_OPTIONS: "--require /nowhere/script.js" };
    expect(spawnSync(singleFile(made, "genkan"), ["--version"], { env }).status).toBe(0);
  });

  test("the authority's file brings SQLite and the pages, and leaves nothing where it unpacked them", async () => {
    const [home, unpacked] = [folder(), folder()];
    const env = { ...bare(home), TMPDIR: unpacked };
    const store = ["--data", join(home, "data"), "--master-key", join(home, "key/master")];
    const hosts = ["--portal-origin", "http://portal.localhost:7443", "--staff-origin", "http://staff.localhost:7444"];
    const program = singleFile(made, "genkan-authority");
    execFileSync(program, ["init", ...store, ...hosts, "--access-domain", "access.localhost"], { env });
    expect(readdirSync(unpacked)).toEqual([]);

    const child = spawn(program, ["run", ...store, "--staff-listen", "127.0.0.1:0"], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const { staffPort } = JSON.parse(line) as { staffPort: number };
    const page = await got(staffPort, "/");
    const script = /src="([^"]+\.js)"/.exec(page.text)?.[1] ?? "/none";
    const asked = await got(staffPort, script);
    expect([page.status, asked.status, asked.type]).toEqual([200, 200, expect.stringContaining("javascript")]);
    expect(readdirSync(unpacked)).toHaveLength(1);
    const closed = once(child, "close");
    child.kill("SIGTERM");
    expect([(await closed)[0], readdirSync(unpacked)]).toEqual([0, []]);
  });

  test("a package holds the same program as the file, and a second making gives the same bytes", async () => {
    const again = await olderGateway();
    expect(sha256Of(singleFile(again, "genkan-gateway"))).toBe(sha256Of(singleFile(made, "genkan-gateway")));
    const files = (deb: string) =>
      execFileSync("sh", ["-c", 'dpkg-deb --fsys-tarfile "$0" | sha256sum', deb]).toString();
    expect(files(debFile(again, "genkan-gateway", older))).toBe(files(debFile(made, "genkan-gateway")));
    const bill = `genkan-${version}.cdx.json`;
    expect(readFileSync(join(again, bill)).equals(readFileSync(join(made, bill)))).toBe(true);
    const out = folder();
    mkdirSync(join(out, "x"));
    execFileSync("dpkg-deb", ["--extract", debFile(made, "genkan"), join(out, "x")]);
    expect(sha256Of(join(out, "x/usr/bin/genkan"))).toBe(sha256Of(singleFile(made, "genkan")));
  });

  test("the checksums hold for every file that is made", () => {
    const checked = execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: made, encoding: "utf8" });
    expect(
      checked
        .trim()
        .split("\n")
        .map((line) => line.replace(": OK", ""))
        .sort(),
    ).toEqual(
      readdirSync(made)
        .filter((name) => name !== "SHA256SUMS")
        .sort(),
    );
  });

  test("the list of what is inside names what runs on servers, in pages and beneath, with hashes, and no tool", () => {
    const bill = JSON.parse(readFileSync(join(made, `genkan-${version}.cdx.json`), "utf8")) as {
      bomFormat: string;
      components: { name: string; version: string; hashes?: unknown[] }[];
    };
    const names = bill.components.map(({ name }) => name);
    expect(bill.bomFormat).toBe("CycloneDX");
    expect(names).toEqual(
      expect.arrayContaining(["better-sqlite3", "fastify", "pg", "react", `node-linux-${process.arch}`]),
    );
    for (const tool of ["vitest", "typescript", "vite", "postject"]) expect(names).not.toContain(tool);
    expect(bill.components.filter(({ hashes }) => !hashes?.length)).toEqual([]);
  });
});
