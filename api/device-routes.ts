import type { Caller } from "../authority/caller.ts";
import type { Context } from "../authority/context.ts";
import { addContract, changeContract } from "../authority/contract.ts";
import { addDevice, changeDevice, setDeviceOn } from "../authority/device.ts";
import { justWritten } from "../authority/just-written.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { addService, changeService, setServiceOn } from "../authority/service.ts";
import {
  ContractCreate,
  ContractTerm,
  DeviceRecord,
  DeviceRecords,
  DeviceSaid,
  ServiceCreate,
  ServiceSaid,
} from "../protocol/api/device-record.ts";
import type { Id as IdOf } from "../protocol/make-id.ts";
import { Nothing } from "../protocol/schema.ts";
import { listDeviceRecords, type StoredDeviceRecord } from "../store/device-record.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

/** Devices, their services and contracts, for those who administer them. */
export function deviceRoutes(c: Context, leases: LeaseRenewal): Endpoint[] {
  const { store } = c;
  const shared = { faces: ["staff"], permission: ["administrator"], reply: DeviceRecord } as const;
  const shown = ({ agent, ...device }: StoredDeviceRecord): DeviceRecord => ({
    ...device,
    agent: { ...agent, connected: c.agents.find(agent.id) !== null },
  });
  const one = async (by: Caller, id: IdOf<"device">): Promise<DeviceRecord> => {
    const [found] = await listDeviceRecords(store.db, by.scope, id);
    return shown(justWritten(found));
  };
  /** What ends sessions has ended them when it answers. */
  const cutting = async (by: Caller, id: IdOf<"device">): Promise<DeviceRecord> => {
    await leases.round();
    return one(by, id);
  };
  const term = ({ starts, ends }: ContractTerm) => ({ starts: new Date(starts), ends: new Date(ends) });
  return [
    endpoint({
      method: "GET",
      url: "/api/register/devices",
      faces: ["staff"],
      permission: ["administrator"],
      audit: "device.read",
      reply: DeviceRecords,
      handle: async ({ caller }) => ({ devices: (await listDeviceRecords(store.db, caller.scope)).map(shown) }),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/devices",
      audit: "device.add",
      body: DeviceSaid,
      status: 201,
      handle: async ({ caller, body }) =>
        one(caller, (await addDevice(store, { ...body, services: [], contract: null }, c.now(), caller)).id),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/devices/:id",
      audit: "device.change",
      params: PathId("device"),
      body: DeviceSaid,
      handle: async ({ caller, params, body }) => {
        await changeDevice(store, caller, params.id, body, c.now());
        return cutting(caller, params.id);
      },
    }),
    ...([true, false] as const).map((active) =>
      endpoint({
        ...shared,
        method: "POST",
        url: `/api/devices/:id/${active ? "enable" : "disable"}`,
        audit: active ? "device.enable" : "device.disable",
        params: PathId("device"),
        body: Nothing,
        handle: async ({ caller, params }) => {
          await setDeviceOn(store, caller, params.id, active, c.now());
          return cutting(caller, params.id);
        },
      }),
    ),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/services",
      audit: "service.add",
      body: ServiceCreate,
      status: 201,
      handle: async ({ caller, body: { device, ...said } }) =>
        one(caller, await addService(store, caller, device, said, c.now())),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/services/:id",
      audit: "service.change",
      params: PathId("service"),
      body: ServiceSaid,
      handle: async ({ caller, params, body }) =>
        one(caller, await changeService(store, caller, params.id, body, c.now())),
    }),
    ...([true, false] as const).map((active) =>
      endpoint({
        ...shared,
        method: "POST",
        url: `/api/services/:id/${active ? "enable" : "disable"}`,
        audit: active ? "service.enable" : "service.disable",
        params: PathId("service"),
        body: Nothing,
        handle: async ({ caller, params }) =>
          cutting(caller, await setServiceOn(store, caller, params.id, active, c.now())),
      }),
    ),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/contracts",
      audit: "contract.add",
      body: ContractCreate,
      status: 201,
      handle: async ({ caller, body }) =>
        one(caller, await addContract(store, caller, { ...body, ...term(body) }, c.now())),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/contracts/:id",
      audit: "contract.change",
      params: PathId("contract"),
      body: ContractTerm,
      handle: async ({ caller, params, body }) =>
        cutting(caller, await changeContract(store, caller, params.id, term(body), c.now())),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/contracts/:id/end",
      audit: "contract.change",
      params: PathId("contract"),
      body: Nothing,
      handle: async ({ caller, params }) =>
        cutting(caller, await changeContract(store, caller, params.id, "end-now", c.now())),
    }),
  ];
}
