import { expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { addGateway, changeGateway, setGatewayOn } from "../../../authority/gateway.ts";
import { listGateways } from "../../../store/gateway.ts";
import { asPin } from "../../brand.ts";
import { nothing } from "./parts.ts";
import { ready } from "./ready.ts";
import { outcome, World } from "./world.ts";

const place = { name: "dmz-2", host: "gateway.example", port: 443, key: asPin("A".repeat(43)) };

test("a gateway is the installation's: who administers one site neither adds, moves nor disables any", async () => {
  const world = await World.open();
  const at = new Date(world.clock);
  const [owner, administrator] = [await world.caller("owner"), await world.caller("administrator")];
  expect(await outcome(addGateway(world.store, place, at, administrator))).toBe("not-found");
  const id = await addGateway(world.store, place, at, owner);
  expect(await outcome(changeGateway(world.store, administrator, id, place, at))).toBe("not-found");
  expect(await outcome(setGatewayOn(world.store, administrator, id, false, at))).toBe("not-found");
  expect(await outcome(setGatewayOn(world.store, owner, nothing("gateway"), false, at))).toBe("not-found");
  const other = await addGateway(world.store, { ...place, name: "dmz-1" }, at, owner);
  expect(await outcome(changeGateway(world.store, owner, other, place, at))).toBe("state-conflict");
  await changeGateway(world.store, owner, id, { ...place, port: 8_443 }, at);
  for (let i = 0; i < 2; i++) await setGatewayOn(world.store, owner, id, false, at);
  expect((await listGateways(world.store.db)).find((one) => one.id === id)).toMatchObject({
    port: 8_443,
    active: false,
  });
  const acts = (await world.audit()).filter(({ action }) => action.startsWith("gateway."));
  expect(acts.map(({ action }) => action)).toEqual(["gateway.add", "gateway.add", "gateway.change", "gateway.disable"]);
});

test("a gateway that is disabled loses its link, and is dialled again when it is enabled", async () => {
  const { world, open } = await ready();
  const { store, context } = world;
  const [known] = await listGateways(store.db);
  const id = known?.id ?? "gtw_";
  await setGatewayOn(store, host, id, false, new Date(world.clock));
  context.gateways.follow(await listGateways(store.db));
  await expect.poll(() => context.gateways.isConnected(id)).toBe(false);
  expect(await outcome(open())).toBe("gateway-unavailable");
  await setGatewayOn(store, host, id, true, new Date(world.clock));
  context.gateways.follow(await listGateways(store.db));
  await expect.poll(() => context.gateways.isConnected(id)).toBe(true);
});
