import type { Insertable } from "kysely";
import type { Id } from "../../../protocol/make-id.ts";
import type { Schema } from "../../../store/schema.ts";
import type { Store } from "../../../store/store.ts";
import { asHash, asPin } from "../../brand.ts";

const time = "2026-03-02T01:00:00.000Z";

/** The rows that a request, a grant and a session stand on, one of each: `per_<tag>`, `req_<tag>`, `gnt_<tag>` … */
export async function insertSessionRows({ db }: Store, tag: string): Promise<void> {
  await db
    .insertInto("site")
    .values({ id: `sit_${tag}`, name: "Hospital", zone: "Asia/Tokyo", contact: null, active: 1 })
    .execute();
  await db
    .insertInto("vendor")
    .values({ id: `ven_${tag}`, name: "Vendor", mail_domains: "[]", active: 1 })
    .execute();
  await db
    .insertInto("person")
    .values({
      id: `per_${tag}`,
      name: "Person",
      login: `${tag}@example.org`,
      active: 1,
      created_at: time,
    })
    .execute();
  await db
    .insertInto("membership")
    .values({ id: `mem_${tag}`, person: `per_${tag}`, vendor: `ven_${tag}`, roles: '["technician"]' })
    .execute();
  await db
    .insertInto("workstation")
    .values({ id: `wks_${tag}`, person: `per_${tag}`, label: "", created_at: time })
    .execute();
  await db
    .insertInto("agent")
    .values({
      id: `agt_${tag}`,
      site: `sit_${tag}`,
      name: "agent",
      key: asPin(`key ${tag}`),
      seal_key: `seal key ${tag}`,
      active: 1,
      joined_at: time,
      recorder: 1,
    })
    .execute();
  await db
    .insertInto("device")
    .values({
      id: `dev_${tag}`,
      site: `sit_${tag}`,
      vendor: `ven_${tag}`,
      agent: `agt_${tag}`,
      name: "Pump",
      model: "M",
    })
    .execute();
  const of = {
    site: `sit_${tag}`,
    vendor: `ven_${tag}`,
    person: `per_${tag}`,
    workstation: `wks_${tag}`,
    device: `dev_${tag}`,
  } as const;
  await db
    .insertInto("request")
    .values({
      id: `req_${tag}`,
      ...of,
      hash: asHash(`hash ${tag}`),
      statement: "e30.e30.AA",
      closes_at: time,
      state: "pending",
      created_at: time,
    })
    .execute();
  await db
    .insertInto("grant")
    .values({
      id: `gnt_${tag}`,
      hash: asHash(`hash ${tag}`),
      request: `req_${tag}`,
      ...of,
      agent: `agt_${tag}`,
      bytes: "e30",
      proposed_at: time,
      approved_at: time,
    })
    .execute();
  await db
    .insertInto("grant_window")
    .values({ grant: `gnt_${tag}`, start: time, end: time })
    .execute();
}

export const sessionRow = (tag: string, id: Id<"session">): Insertable<Schema["session"]> => ({
  id,
  grant: `gnt_${tag}`,
  site: `sit_${tag}`,
  vendor: `ven_${tag}`,
  person: `per_${tag}`,
  workstation: `wks_${tag}`,
  device: `dev_${tag}`,
  service: "svc_1",
  agent: `agt_${tag}`,
  gateway: "gtw_1",
  sign_in: "sig_1",
  client: "native",
  host: "h",
  state: "admitted",
  frozen_at: null,
  frozen_by: null,
  frozen_reason: null,
  started_at: time,
  bytes_up: 0,
  bytes_down: 0,
  connections: 0,
  window_end: time,
  epoch: 1,
});
