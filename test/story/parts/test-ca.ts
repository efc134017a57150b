import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../../../bin/start/layout.ts";
import type { Certificates } from "../../../bin/start/world.ts";

/** A certificate authority for one run. */
export interface TestCa {
  /** PEM of its own certificate. */
  readonly file: string;
  /** SHA-256 of its SubjectPublicKeyInfo, base64, as Chromium takes it. */
  readonly keyHash: string;
  readonly hosts: Certificates;
  /** Makes a new certificate with a new key in the place of the one that is there. */
  renew(name: keyof Certificates): void;
}

export function makeTestCa(folder: string, { portal, staff, access }: Layout["names"], days = 90): TestCa {
  const names: Readonly<Record<keyof Certificates, string>> = { portal, staff, access: `*.${access}` };
  mkdirSync(folder, { recursive: true });
  const path = (file: string) => join(folder, file);
  openssl(
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", `${days}`],
    ["-subj", "/CN=Genkan test CA", "-keyout", path("ca.key"), "-out", path("ca.pem")],
    ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
  );
  const renew = (name: keyof Certificates) => {
    const extensions = path(`${name}.ext`);
    writeFileSync(
      extensions,
      `subjectAltName=DNS:${names[name]}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
    );
    openssl(
      ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", `/CN=${name}`],
      ["-keyout", path(`${name}.key`), "-out", path(`${name}.csr`)],
    );
    openssl(
      ["x509", "-req", "-in", path(`${name}.csr`), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-days", `${days}`],
      ["-CAcreateserial", "-extfile", extensions, "-out", path(`${name}.leaf`)],
    );
    // The chain that a browser needs is the leaf and the authority itself.
    writeFileSync(
      path(`${name}.pem`),
      readFileSync(path(`${name}.leaf`), "utf8") + readFileSync(path("ca.pem"), "utf8"),
    );
  };
  for (const name of Object.keys(names) as (keyof Certificates)[]) renew(name);
  const spki = new X509Certificate(readFileSync(path("ca.pem"))).publicKey.export({ type: "spki", format: "der" });
  const pair = (name: keyof Certificates) => ({ cert: path(`${name}.pem`), key: path(`${name}.key`) });
  return {
    file: path("ca.pem"),
    keyHash: createHash("sha256").update(spki).digest("base64"),
    hosts: { portal: pair("portal"), staff: pair("staff"), access: pair("access") },
    renew,
  };
}

function openssl(...args: string[][]): void {
  execFileSync("openssl", args.flat(), { stdio: "pipe" });
}
