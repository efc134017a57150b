import type { Static } from "typebox";
import type { ApprovalBegin } from "../../../protocol/api/approval.ts";
import type { DeviceList, DeviceView } from "../../../protocol/api/device.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { RequestCreate, RequestView } from "../../../protocol/api/request.ts";
import type { Window } from "../../../protocol/grant.ts";
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

export function wish(device: DeviceView, window: Window): Static<typeof RequestCreate.body> {
  return {
    device: device.id,
    services: device.services.map(({ id }) => id),
    window,
    zone: "Asia/Tokyo",
    reason: "定期点検 / periodic inspection",
    plan: "1. 状態を確認する\n2. 記録を取得する",
  };
}

export const request = (person: Person, device: DeviceView, window: Window) =>
  person.post<RequestView>("/api/requests", wish(device, window));

/** A yes as the approver's page gives it: the passkey signs the statement that the authority prepared. */
export async function approve(approver: Person, asked: RequestView, window = asked.window): Promise<GrantView> {
  const begun = await approver.post<Begun>(`/api/requests/${asked.id}/approval/begin`, { window });
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
