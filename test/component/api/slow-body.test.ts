import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { faceOrigin } from "../../../authority/hosts.ts";
import { fence } from "../../unit/link/sockets.ts";
import { asked } from "../authority/parts.ts";
import { hosts } from "../authority/world.ts";
import { Faces } from "./world.ts";

test.each([
  ["signed out", (f: Faces, token: string) => f.post("staff", "/api/sign-out", {}, { as: token })],
  [
    "disabled",
    (f: Faces) =>
      f.world.store.db.updateTable("person").set({ active: 0 }).where("id", "=", f.world.people.approver.id).execute(),
  ],
])("who is %s while the body is on its way is nobody when it is there", async (_what, meanwhile) => {
  const f = await Faces.open();
  const wish = await asked(f.world, await f.world.caller("technician"));
  const token = await f.token("approver");
  const app = await f.app("staff");
  await app.listen({ host: "127.0.0.1", port: 0 });
  const origin = faceOrigin(hosts, "staff");
  const body = JSON.stringify({ reason: "not today" });
  const headers = {
    host: new URL(origin).host,
    origin,
    cookie: `__Host-genkan=${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const { port } = app.server.address() as AddressInfo;
  const answered = Promise.withResolvers<number | undefined>();
  const begun = new Promise((resolve) => app.server.once("request", resolve));
  const sent = httpRequest(
    { host: "127.0.0.1", port, method: "POST", path: `/api/requests/${wish.id}/denial`, headers },
    (response) => answered.resolve(response.resume().statusCode),
  );
  sent.write(body.slice(0, 5));
  await begun;
  // Its head is authenticated by reading alone; another's, asked for later, is known by now.
  expect((await f.ask("staff", "GET", "/api/me", { as: token })).status).toBe(200);
  await fence();
  await meanwhile(f, token);
  sent.end(body.slice(5));
  expect(await answered.promise).toBe(401);
  const row = await f.world.store.db.selectFrom("request").select("state").where("id", "=", wish.id).executeTakeFirst();
  expect(row?.state).toBe("pending");
});
