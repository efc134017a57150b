import { describe, expect, test } from "vitest";
import { addSampleDevices } from "../../../bin/authority/sample.ts";
import { sampleDevices } from "../../../sample/hospital.ts";
import { listDevices } from "../../../store/device.ts";
import { system } from "./ready.ts";
import { outcome, World } from "./world.ts";

const addresses = "nurseCall=127.0.0.1:8081,vitalMonitor=127.0.0.1:8022,infusionPump=127.0.0.1:8023";

describe("the sample devices", () => {
  test("are added once behind the agent that joined, however often they are asked for", async () => {
    const { store } = await World.open();
    const before = await listDevices(store.db, system);
    const added = await addSampleDevices(store, addresses);
    expect(added).toHaveLength(sampleDevices.length);
    expect(await addSampleDevices(store, addresses)).toEqual([]);
    const after = await listDevices(store.db, system);
    expect(after).toHaveLength(before.length + sampleDevices.length);
    const pump = after.find(({ id }) => id === added[2]);
    expect(pump?.services).toMatchObject([{ protocol: "tcp", address: "127.0.0.1", port: 8023 }]);
  });

  test("are not added where an address is missing", async () => {
    const { store } = await World.open();
    expect(await outcome(addSampleDevices(store, "vitalMonitor=127.0.0.1:8022"))).toBe("bad-request");
  });
});
