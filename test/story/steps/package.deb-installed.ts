import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { packagedPrograms } from "../../../package/program.ts";
import { version } from "../../../protocol/version.ts";
import { DebianRoot } from "../../parts/debian-root.ts";
import { InstalledService } from "../../parts/installed-service.ts";
import { debFile, older, olderGateway, packages } from "../../parts/packages.ts";
import type { Context } from "../context.ts";
import type { Evidence } from "../result.ts";

const unit = "genkan-gateway";
const key = `/var/lib/${unit}/gateway.key`;

/**
 * The packages of this very checkout go into an empty Debian without Node: all four are installed, the gateway is upgraded over
 * an earlier one with its key kept and runs as its unit says, and a purge leaves nothing of it.
 */
export async function run(context: Context): Promise<Evidence> {
  const [made, before] = [await packages(), await olderGateway()];
  const root = await DebianRoot.make();
  context.atEnd(() => root.remove());
  mkdirSync(root.file("/packages"));
  const must = (...command: string[]): string => {
    const { status, output } = root.run(command);
    if (status !== 0) throw new Error(`${command.join(" ")}: ${output}`);
    return output;
  };
  const install = (file: string) => {
    const inside = `/packages/${basename(file)}`;
    writeFileSync(root.file(inside), readFileSync(file));
    return must("dpkg", "--install", inside);
  };
  if (root.run(["sh", "-c", "command -v node"]).status === 0) throw new Error("There is a Node already.");

  install(debFile(before, unit, older));
  must(unit, "init");
  const kept = readFileSync(root.file(key), "utf8");
  const versions: Record<string, string> = {};
  for (const { name } of packagedPrograms) {
    const said = install(debFile(made, name));
    if (name === unit && !said.includes(`(${version}) over (${older})`)) throw new Error(said);
    versions[name] = must(name, "--version").trim();
    if (!versions[name].startsWith(`${name} ${version} `)) throw new Error(versions[name]);
  }
  if (readFileSync(root.file(key), "utf8") !== kept) throw new Error("The upgrade changed the gateway's key.");
  const changed = must("dpkg", "--verify", ...packagedPrograms.map(({ name }) => name));
  if (changed !== "") throw new Error(changed);

  const fingerprint = `SHA256:${Buffer.alloc(32, 1).toString("base64url")}`;
  const settings = root.file("/etc/genkan/gateway.env");
  writeFileSync(settings, `${readFileSync(settings, "utf8")}\nGENKAN_AUTHORITY_KEY=${fingerprint}\n`);
  const gateway = new InstalledService(root, unit);
  const { port } = await gateway.tells("listening");
  const code = await gateway.stop(root, unit);
  if (code !== 0) throw new Error(`The gateway ended with ${code}.`);

  must("dpkg", "--purge", unit);
  if (existsSync(root.file(`/var/lib/${unit}`))) throw new Error("The purge left the gateway's data.");
  return { versions, upgradedFrom: older, listened: port };
}
