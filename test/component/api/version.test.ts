import { expect, test } from "vitest";
import { version } from "../../../protocol/version.ts";
import { Faces } from "./world.ts";

test("a command line that is too old is refused by name, whatever it asks and whoever signs in with it", async () => {
  const f = await Faces.open();
  const as = await f.token("approver");
  const headers = { "genkan-version": "0.0.9" };
  const refused = await f.ask("staff", "GET", "/api/me", { as, headers });
  expect([refused.status, refused.body["code"]]).toEqual([426, "version-too-old"]);
  expect(refused.body["detail"]).toContain(`install ${version}`);
  expect((await f.ask("staff", "GET", "/api/me", { as, headers: { "genkan-version": version } })).status).toBe(200);
  // A page says none: it came from here.
  expect((await f.ask("staff", "GET", "/api/me", { as })).status).toBe(200);
});

test("it is told so at the first thing that it asks, which is to sign in", async () => {
  const f = await Faces.open();
  const form = { client_id: "genkan" };
  const headers = { "genkan-version": "0.0.9" };
  const refused = await f.ask("staff", "POST", "/oauth/device_authorization", { form, headers });
  expect([refused.status, refused.text]).toEqual([426, expect.stringContaining("version-too-old")]);
});
