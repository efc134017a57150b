import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { revealSecret, Secret } from "../../../crypto/secret.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { parseServerUrl } from "../../../store/server-address.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-url-"));
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (url: string) => parseServerUrl(new Secret(url), "postgres");

function refusal(url: string): string {
  try {
    parse(url);
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(GenkanError);
    expect((error as GenkanError).code).toBe("bad-request");
    return inspect(error, { depth: 5 });
  }
}

describe("the URL of a server", () => {
  it("names a host, a port, a person, a password and a database", () => {
    const { password, ...address } = parse("postgres://gen%40kan:pass%2Fword@db.hospital.example:5433/my%20db\n");
    expect(address).toEqual({
      host: "db.hospital.example",
      port: 5433,
      user: "gen@kan",
      path: "my db",
      tls: { ca: null },
    });
    expect(revealSecret(password)).toBe("pass/word");
  });

  it("may name a socket in place of the host, with its slashes escaped", () => {
    expect(parse("postgres://genkan@%2Frun%2Fpostgresql/genkan")).toMatchObject({ host: "/run/postgresql", tls: null });
  });

  it.each(["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])(
    "goes in the clear to %s, for it crosses no network",
    (host) => {
      expect(parse(`postgres://genkan@${host}/genkan`).tls).toBeNull();
    },
  );

  it.each(["db", "10.0.0.1", "127.0.0.1.evil.example", "localhost.evil.example", "[::2]", "1270.0.0.1"])(
    "never crosses a network in the clear: %s",
    (host) => {
      expect(parse(`postgres://genkan@${host}/genkan`).tls).toEqual({ ca: null });
    },
  );

  it("has no words that turn the check of certificates off", () => {
    for (const word of ["sslmode=disable", "sslmode=no-verify", "ssl=0", "ssl=false", "rejectUnauthorized=false"])
      expect(refusal(`postgres://genkan@db.example/genkan?${word}`)).toContain("other than ca");
  });

  it("may name the CA of the server's certificate, which is read at once", () => {
    const file = join(folder, "ca.pem");
    writeFileSync(file, "the ca");
    expect(parse(`postgres://genkan@db.example/genkan?ca=${encodeURIComponent(file)}`).tls).toEqual({ ca: "the ca" });
    expect(refusal(`postgres://genkan@db.example/genkan?ca=${file}.none`)).toContain("can't be read");
    expect(refusal(`postgres://genkan@localhost/genkan?ca=${file}`)).toContain("this machine");
  });

  it.each([
    "mysql://genkan:s3cret-s3cret@db/genkan",
    "postgres:///s3cret-s3cret",
    "s3cret-s3cret",
    "postgres://genkan:s3cret-s3cret@db:99999/genkan",
    "postgres://genkan:s3cret-s3cret%@db/genkan",
    "postgres://genkan:s3cret-s3cret@db/genkan?sslmode=disable",
    "",
  ])("is refused without being repeated: %s", (url) => {
    const said = refusal(url);
    expect(said).toContain("postgres URL");
    expect(said).not.toContain("s3cret");
  });

  it("keeps its password out of everything that is printed", () => {
    const address = parse("postgres://genkan:s3cret-s3cret@db/genkan");
    for (const said of [
      inspect(address, { depth: 9, showHidden: true }),
      JSON.stringify(address),
      address.password.toString(),
    ])
      expect(said).not.toContain("s3cret");
  });
});
