import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastifyHelmet from "@fastify/helmet";
import fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { contentSecurityPolicy, pages } from "../../../api/pages.ts";
import { hosts } from "../authority/world.ts";

test("the document is read once, with a nonce of its own for each that asks; one that was not there is read again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-pages-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(fastifyHelmet, contentSecurityPolicy(hosts));
  await pages("portal", app, folder);
  const get = async () => {
    const { statusCode, payload } = await app.inject("/windows");
    return { statusCode, payload };
  };
  expect((await get()).statusCode).toBe(500);
  const file = join(folder, "portal.html");
  writeFileSync(file, '<style nonce="__CSP_NONCE__">');
  const first = await get();
  rmSync(file);
  const second = await get();
  const served = { statusCode: 200, payload: expect.stringMatching(/^<style nonce="[0-9a-f]{32}">$/) };
  expect([first, second]).toEqual([served, served]);
  expect(first.payload).not.toBe(second.payload);
});
