import type { Static } from "typebox";
import { expect, test } from "vitest";
import { admit } from "../../../authority/admission.ts";
import type { SessionEntries } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import { keepEntries } from "../../../store/recording.ts";
import { asPin } from "../../brand.ts";
import { AgentEnd, approved, asked, connectGateway } from "../authority/parts.ts";
import { Faces, said } from "./world.ts";

test("the whole recording of a session is read page by page, each telling where the next begins", async () => {
  const f = await Faces.open();
  const { world } = f;
  await world.enrol("approver");
  await connectGateway(world);
  await (await AgentEnd.connect(world, "agentA")).hello(world);
  const technician = await world.caller("technician");
  const request = await asked(world, technician);
  const { id: grant } = await approved(world, "approver", request.id, request.windows);
  const service = world.devices.own.services[1] ?? ("svc_" as const);
  const { session } = await admit(world.context, technician, {
    grant,
    service,
    client: "native",
    clientKey: asPin("A".repeat(43)),
  });
  const as = await f.token("officer");
  const page = async (query = "") => {
    const answer = await f.ask<Static<typeof SessionEntries>>(
      "staff",
      "GET",
      `/api/sessions/${session}/entries${query}`,
      { as },
    );
    expect(answer.status).toBe(200);
    return answer.body;
  };
  expect(await page()).toEqual({ entries: [], next: null });

  const all = 2 * limits.recordPageEntries;
  const add = (first: number, count: number) =>
    world.store.change(({ db }) =>
      keepEntries(db, session, {
        first,
        entries: Array.from(
          { length: count },
          (_, n) => ({ kind: "tcp", at: world.at(), up: first + n, down: 0, ms: 0 }) as const,
        ),
        over: false,
      }),
    );
  for (let first = 0; first < all; first += 250) await add(first, 250);
  const read: number[] = [];
  const began: (number | null)[] = [];
  for (let next: number | null = 0; next !== null; ) {
    const { entries, next: after } = await page(`?from=${next}`);
    read.push(...entries.map((entry) => (entry.kind === "tcp" ? entry.up : -1)));
    began.push(after);
    next = after;
  }
  expect(read).toEqual(Array.from({ length: all }, (_, n) => n));
  expect(began).toEqual([limits.recordPageEntries, null]);
  // The last page goes on when there is more.
  await add(all, 1);
  expect((await page(`?from=${limits.recordPageEntries}`)).next).toBe(all);
  expect((await page(`?from=${all}`)).entries).toHaveLength(1);
  expect(await page(`?from=${all + 1}`)).toEqual({ entries: [], next: null });

  for (const from of ["-1", "x", "3000000000"])
    expect(said(await f.ask("staff", "GET", `/api/sessions/${session}/entries?from=${from}`, { as }))).toBe(
      "400 bad-request",
    );
});
