import type { Static } from "typebox";
import { newId } from "../../../crypto/random.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";
import type { ApprovalBegin } from "../../../protocol/api/approval.ts";
import type { DeviceList, DeviceView } from "../../../protocol/api/device.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { RequestCreate, RequestView } from "../../../protocol/api/request.ts";
import { requestOf } from "../../../protocol/request-of.ts";
import type { Window } from "../../../protocol/window.ts";
import type { Person } from "./person.ts";

type Begun = Static<typeof ApprovalBegin.reply>;

export async function deviceNamed(person: Person, name: string): Promise<DeviceView> {
  const { devices } = await person.get<Static<typeof DeviceList>>("/api/devices");
  const found = devices.find((device) => device.name === name);
  if (!found) throw new Error(`${name} is not among ${devices.map((device) => device.name).join(", ")}.`);
  return found;
}

/** The device with a service of this protocol, among those of `names` that are not the story's own. */
export async function sampleWith(person: Person, protocol: string): Promise<DeviceView> {
  const { devices } = await person.get<Static<typeof DeviceList>>("/api/devices");
  const found = devices.find(
    (device) => !device.name.endsWith("（story）") && device.services.some((one) => one.protocol === protocol),
  );
  if (!found) throw new Error(`No sample device speaks ${protocol}.`);
  return found;
}

export function windowFromNow(startMs: number, lengthMs: number): Window {
  const start = Date.now() + startMs;
  return { start: new Date(start).toISOString(), end: new Date(start + lengthMs).toISOString() };
}

/** What the portal's page would write down for all services of a device, signed with the key of the browser in which it is open. */
export async function wish(
  person: Person,
  device: DeviceView,
  window: Window,
  change: Partial<AccessRequest> = {},
): Promise<Static<typeof RequestCreate.body>> {
  const me = await person.get<Static<typeof Me>>("/api/me");
  const services = device.services.map(({ id }) => id);
  const asked = requestOf(newId("request"), { me, keys: await person.knownKeys(me.person.id) }, device, services, {
    windows: [window],
    zone: "Asia/Tokyo",
    rule: "normal",
    reason: "定期点検 / periodic inspection",
    plan: "1. 状態を確認する\n2. 記録を取得する",
    workOrder: "WO-2026-0412",
  });
  if (!asked) throw new Error("The browser has no workstation.");
  return { request: await person.signWithWorkstation(me.person.id, "genkan/request/v1", { ...asked, ...change }) };
}

export const request = async (person: Person, device: DeviceView, window: Window) =>
  person.post<RequestView>("/api/requests", await wish(person, device, window));

/** A yes as the approver's page gives it: the passkey signs the statement that the authority prepared. */
export async function approve(approver: Person, asked: RequestView, windows = asked.windows): Promise<GrantView> {
  const begun = await approver.post<Begun>(`/api/requests/${asked.id}/approval/begin`, { windows });
  const response = await approver.assert(begun.options);
  await approver.post(`/api/requests/${asked.id}/approval`, { ceremony: begun.ceremony, response });
  const { grant } = await approver.get<RequestView>(`/api/requests/${asked.id}`);
  if (grant === null) throw new Error("The approval made no grant.");
  return grantOf(approver, grant);
}

export async function grantOf(person: Person, id: string): Promise<GrantView> {
  const { grants } = await person.get<{ grants: GrantView[] }>("/api/grants");
  const found = grants.find((grant) => grant.id === id);
  if (!found) throw new Error(`There is no grant ${id}.`);
  return found;
}
