import { spawnSync } from "node:child_process";
import { toolEnvironment, toolPath } from "./environment.ts";
import { lockedPackage } from "./lock.ts";

interface Bill {
  serialNumber?: string;
  readonly metadata: { timestamp?: string; readonly component: { name: string } };
  components: { readonly "bom-ref": string; readonly name: string; readonly [member: string]: unknown }[];
  dependencies: { readonly ref: string; dependsOn: string[] }[];
}

/**
 * The list of what Genkan's files are made of (SBOM, CycloneDX 1.5 JSON): the npm packages of `inside`, with version, hash and
 * licence as `npm sbom` finds them installed, and those of `fetched` from the lock. Left out are tools, which nobody installs, and
 * serial number and time, so that the same lock gives the same list. Throws for a package that is not known.
 */
export function billOfMaterials(root: string, inside: readonly string[], fetched: readonly string[]): string {
  const args = ["sbom", "--sbom-format=cyclonedx", "--include=dev", "--include=optional"];
  const env = toolEnvironment({ PATH: toolPath(root) });
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: root, env, encoding: "utf8", maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
  const bill = JSON.parse(stdout) as Bill;
  delete bill.serialNumber;
  delete bill.metadata.timestamp;
  // npm takes the name of the folder.
  bill.metadata.component.name = "genkan";
  const known = new Set(bill.components.map(({ name }) => name));
  const unknown = inside.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`npm sbom does not name what is inside: ${unknown.join(", ")}`);
  bill.components = bill.components.filter(({ name }) => inside.includes(name));
  bill.components.push(...fetched.map((name) => lockedComponent(root, name)));
  const refs = new Set(bill.components.map((component) => component["bom-ref"]));
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function lockedComponent(root: string, name: string): Bill["components"][number] {
  const { version, integrity } = lockedPackage(root, name);
  const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
  const ref = `${name}@${version}`;
  const hashes = [{ alg: "SHA-512", content }];
  return { "bom-ref": ref, type: "library", name, version, scope: "optional", purl: `pkg:npm/${ref}`, hashes };
}
