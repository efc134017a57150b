import { expect, test } from "vitest";
import { subjectsNamed } from "../../../api/refused-subjects.ts";
import { newId } from "../../../crypto/random.ts";
import { approved, asked } from "../authority/parts.ts";
import { Faces } from "./world.ts";

test("a refusal names what the caller named, and the device and site of what the caller may see", async () => {
  const f = await Faces.open();
  const { world } = f;
  await world.enrol("approver");
  const technician = await world.caller("technician");
  const first = await asked(world, technician);
  const grant = await approved(world, "approver", first.id, first.windows);
  const request = await asked(world, technician);
  const device = world.devices.own.id;
  const site = world.ids.siteA;
  const refused = async (as: Parameters<typeof f.token>[0], face: "portal" | "staff", url: string, body: object) => {
    const token = await f.token(as);
    const [record] = await f.recorded(async () => {
      expect((await f.post(face, url, body, { as: token })).status).toBeGreaterThan(399);
    });
    return record;
  };
  const nobodys = newId("grant");
  const reason = { reason: "x" };
  expect(await refused("approver", "staff", `/api/grants/${nobodys}/revocation`, reason)).toMatchObject({
    action: "grant.revoke",
    subjects: { grant: nobodys },
    actor: { kind: "person", id: world.people.approver.id },
  });
  // What another hospital's officer names is kept, and nothing is told of it.
  expect((await refused("foreignOfficer", "staff", `/api/grants/${grant.id}/revocation`, reason))?.subjects).toEqual({
    grant: grant.id,
  });
  expect(await refused("officer", "staff", `/api/requests/${request.id}/denial`, reason)).toMatchObject({
    subjects: { request: request.id, device },
    site,
  });
  const service = newId("service");
  const admission = { grant: grant.id, service, client: "native", clientKey: "A".repeat(43) };
  expect(await refused("technician", "portal", "/api/sessions", admission)).toMatchObject({
    action: "session.admit",
    subjects: { grant: grant.id, service, device },
    site,
  });
});

test("ids are found wherever a body has them, of each kind the first, and in what is signed; nothing else is", () => {
  const [grant, other, device, lock] = [newId("grant"), newId("grant"), newId("device"), newId("lock")];
  const named = (o: { params?: unknown; query?: unknown; body?: unknown }) =>
    subjectsNamed({ params: undefined, query: undefined, body: undefined, ...o });
  expect(named({ params: { id: grant }, body: { target: other, deep: [{ device }] } })).toEqual({ grant, device });
  expect(named({ query: { subject: lock } })).toEqual({ lock });
  const signed = `x.${Buffer.from(JSON.stringify({ device: { id: device }, plan: `${lock} ` })).toString("base64url")}.x`;
  expect(named({ body: { request: signed } })).toEqual({ device });
  for (const body of [null, 7, "x", { request: "x.y" }, { request: ".!!." }, { id: `${grant}x` }, { id: "gnt_1" }])
    expect(named({ body })).toEqual({});
  let deep: unknown = grant;
  for (let level = 0; level < 50_000; level++) deep = [deep];
  expect(named({ body: deep })).toEqual({});
});
