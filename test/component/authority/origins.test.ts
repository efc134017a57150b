import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { type Hosts, readHosts, writeHosts } from "../../../authority/hosts.ts";
import { changeOrigins, foreseeOrigins } from "../../../authority/origins.ts";
import { listAuthenticators } from "../../../store/authenticator.ts";
import { ready, system } from "./ready.ts";
import { hosts, type Name, outcome, type World } from "./world.ts";

async function scene() {
  const r = await ready();
  const { world } = r;
  await world.store.change(({ db }) => writeHosts(db, hosts));
  await world.enrol("technician");
  await world.enrol("officer");
  return { ...r, at: new Date(world.clock) };
}

const originsOf = async ({ store, people }: World, name: Name) =>
  (await listAuthenticators(store.db, system, people[name].id)).map(({ origin }) => origin);

const lists = (world: World) =>
  world.store.db
    .selectFrom("approver_list")
    .select(["version", "state", "statement"])
    .where("site", "=", world.ids.siteA)
    .orderBy("version")
    .execute();

const change = async (world: World, to: Partial<Hosts>) => {
  const asked = { ...hosts, ...to };
  const { confirm } = await foreseeOrigins(world.store, asked);
  return changeOrigins(world.store, asked, confirm, new Date(world.clock), host);
};

describe("the names under which the installation lives", () => {
  test("are changed only by whoever was told what that means, for this very change", async () => {
    const { world, at } = await scene();
    const asked = { ...hosts, staff: "https://staff.other.example" };
    const told = await foreseeOrigins(world.store, asked);
    expect(told).toMatchObject({ kept: 0, listsAnew: true });
    expect(told.lost).toBeGreaterThan(1);
    const other = { ...asked, staff: "https://staff.third.example" };
    for (const [wanted, word] of [
      [asked, ""],
      [other, told.confirm],
    ] as const)
      expect(await outcome(changeOrigins(world.store, wanted, word, at, host))).toBe("state-conflict");
    expect(await outcome(foreseeOrigins(world.store, hosts))).toBe("state-conflict");
    expect(await outcome(foreseeOrigins(world.store, { ...hosts, staff: hosts.portal }))).toBe("bad-request");
    expect(await readHosts(world.store.db)).toEqual(hosts);
    expect((await world.audit()).some(({ action }) => action === "installation.origins")).toBe(false);
    await changeOrigins(world.store, asked, told.confirm, at, host);
    expect(await readHosts(world.store.db)).toEqual(asked);
    const { before, after, lost } = told;
    expect((await world.audit()).filter(({ action }) => action === "installation.origins")).toMatchObject([
      { outcome: "done", actor: { kind: "host" }, facts: { before, after, lost, kept: 0 } },
    ]);
  });

  test("take the staff's passkeys with them when the staff host has another name, and what they approved", async () => {
    const { world, open, row } = await scene();
    const { session } = await open();
    await change(world, { staff: "https://staff.other.example" });
    expect(await originsOf(world, "officer")).toEqual([]);
    expect(await originsOf(world, "technician")).toEqual([hosts.portal]);
    expect((await lists(world)).filter(({ state }) => state === "current")).toEqual([]);
    const open_ = await world.store.db.selectFrom("sign_in").select("id").where("ended_at", "is", null).execute();
    expect(open_).toEqual([]);
    await world.leases.round();
    expect((await row(session))?.state).toBe("ended");
  });

  test("leave passkeys where only the port is another; lists are made anew and wait for a person", async () => {
    const { world } = await scene();
    const before = await lists(world);
    const told = await change(world, { staff: `${hosts.staff}:8443` });
    expect([told.lost, told.kept > 1]).toEqual([0, true]);
    expect(await originsOf(world, "officer")).toEqual([`${hosts.staff}:8443`]);
    const after = await lists(world);
    expect(after.length).toBe(before.length + 1);
    expect(after.filter(({ state }) => state === "current").map(({ version }) => version)).toEqual([
      after.at(-1)?.version,
    ]);
    expect(Buffer.from(after.at(-1)?.statement ?? "", "base64url").toString()).toContain(`${hosts.staff}:8443`);
  });

  test("of the portal and the devices' pages leave approvals alone", async () => {
    const { world, open, row } = await scene();
    const { session } = await open();
    const before = await lists(world);
    await change(world, { portal: "https://portal.other.example", accessPort: 8_443 });
    expect(await originsOf(world, "technician")).toEqual([]);
    expect(await originsOf(world, "officer")).toEqual([hosts.staff]);
    expect(await lists(world)).toEqual(before);
    expect((await row(session))?.state).toBe("admitted");
  });
});
