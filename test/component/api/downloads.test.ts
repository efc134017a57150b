import { createHash } from "node:crypto";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Faces } from "./world.ts";

const [linux, windows] = ["genkan-1.2.3-linux-x64", "genkan-1.2.3-windows-x64.exe"];
const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** A folder with two programs, and much beside them that is none. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "genkan-downloads-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, linux), "for Linux");
  writeFileSync(join(path, windows), "for Windows");
  writeFileSync(join(path, "master-key"), "a secret");
  writeFileSync(join(path, "genkan-1.2.3-linux-x64.txt"), "no program");
  writeFileSync(join(path, "genkan-authority-1.2.3-linux-x64"), "not for technicians");
  writeFileSync(join(path, "genkan-1.2.4-linux-x64"), "");
  mkdirSync(join(path, "genkan-1.2.5-linux-x64"));
  symlinkSync(join(path, "master-key"), join(path, "genkan-1.2.6-linux-x64"));
  return path;
}

describe("the portal's downloads", () => {
  test("are the command lines of the folder and nothing else, with size and hash", async () => {
    const f = await Faces.open({ downloads: folder() });
    const { body } = await f.ask("portal", "GET", "/api/downloads", { as: await f.token("technician") });
    const view = { version: "1.2.3", bytes: 9, sha256: sha256("for Linux").toString("hex") };
    expect(body["downloads"]).toEqual([
      { name: linux, system: "linux-x64", ...view },
      { name: windows, system: "windows-x64", ...view, bytes: 11, sha256: sha256("for Windows").toString("hex") },
    ]);
  });

  test("come as files to keep, never as something to show, with their hash", async () => {
    const f = await Faces.open({ downloads: folder() });
    const got = await f.ask("portal", "GET", `/api/downloads/${linux}`, { as: await f.token("technician") });
    expect([got.status, got.text]).toEqual([200, "for Linux"]);
    expect(got.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${linux}"`,
      "content-length": "9",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "repr-digest": `sha-256=:${sha256("for Linux").toString("base64")}:`,
    });
  });

  test.each([
    "master-key",
    "genkan-1.2.6-linux-x64",
    "..%2Fmaster-key",
    "..%2f..%2f..%2fetc%2fpasswd",
    `.%2F${linux}`,
    `${linux}%00`,
    "%2Fetc%2Fpasswd",
    "constructor",
    "genkan-9.9.9-linux-x64",
  ])("hold nothing else under %s", async (name) => {
    const f = await Faces.open({ downloads: folder() });
    const got = await f.ask("portal", "GET", `/api/downloads/${name}`, { as: await f.token("technician") });
    expect([400, 404]).toContain(got.status);
    expect(got.headers["content-type"]).toContain("application/problem+json");
  });

  test("are what was hashed, whatever was put under their name since", async () => {
    const path = folder();
    const f = await Faces.open({ downloads: path });
    writeFileSync(join(path, "other"), "another program");
    unlinkSync(join(path, linux));
    linkSync(join(path, "other"), join(path, linux));
    const as = await f.token("technician");
    const twice = [1, 2].map(() => f.ask("portal", "GET", `/api/downloads/${linux}`, { as }));
    expect((await Promise.all(twice)).map(({ text }) => text)).toEqual(["for Linux", "for Linux"]);
  });

  test("are for people who are signed in at the portal, and none are offered where no folder is named", async () => {
    const f = await Faces.open({ downloads: folder() });
    expect((await f.ask("portal", "GET", "/api/downloads")).status).toBe(401);
    expect((await f.ask("portal", "GET", `/api/downloads/${linux}`)).status).toBe(401);
    expect((await f.ask("staff", "GET", "/api/downloads", { as: await f.token("officer") })).status).toBe(404);
    const none = await Faces.open();
    const { body } = await none.ask("portal", "GET", "/api/downloads", { as: await none.token("technician") });
    expect(body).toEqual({ downloads: [] });
  });
});
