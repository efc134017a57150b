import { expect, test } from "vitest";
import { limits } from "../../../protocol/limits.ts";
import { listGrants } from "../../../store/grant.ts";
import { listRequests } from "../../../store/request.ts";
import { listSessions } from "../../../store/session.ts";
import { asked } from "../authority/parts.ts";
import { ready, system } from "../authority/ready.ts";
import { hour, type World } from "../authority/world.ts";

/** More rows that are over than a list shows, each newer than the one before, made of one that is still open. */
async function over(
  world: World,
  table: "session" | "request" | "grant",
  id: string,
  made: (n: number) => Record<string, unknown>,
): Promise<void> {
  const { db } = world.store;
  const row = await db
    .selectFrom(table)
    .selectAll()
    .where("id", "=", id as never)
    .executeTakeFirstOrThrow();
  for (let n = 0; n < limits.listedPast + 3; n++)
    await db
      .insertInto(table)
      .values({ ...row, id: `${id.slice(0, -4)}${1_000 + n}`, ...made(n) } as never)
      .execute();
}

const later = (world: World, n: number) => world.at(1_000 * (n + 1));

test("a session that lives stands in the list, and first, however many began and ended after it", async () => {
  const { world, open } = await ready();
  const { session } = await open();
  await over(world, "session", session, (n) => ({ state: "ended", started_at: later(world, n) }));
  for (const scope of [system, (await world.caller("officer")).scope]) {
    const seen = await listSessions(world.store.db, scope);
    expect([seen.length, seen[0]?.id]).toEqual([1 + limits.listedPast, session]);
    // The newest of those that are over.
    expect(seen[1]?.startedAt).toBe(later(world, limits.listedPast + 2));
  }
});

test("a request that waits stands in the list, and first, however many were taken back or went out of date after it", async () => {
  const { world, technician } = await ready();
  const { id } = await asked(world, technician, world.window(hour, 2 * hour));
  await over(world, "request", id, (n) => ({
    created_at: later(world, n),
    hash: `hash ${n}`,
    ...(n % 2 === 0 ? { state: "withdrawn" } : { closes_at: world.at(-hour) }),
  }));
  const seen = await listRequests(world.store.db, (await world.caller("approver")).scope, new Date(world.clock));
  expect([seen.length, seen[0]?.id, seen[1]?.createdAt]).toEqual([
    1 + limits.listedPast,
    id,
    later(world, limits.listedPast + 2),
  ]);
});

test("a grant in force stands in the list, and first, however many closed or were revoked after it", async () => {
  const { world, grant } = await ready();
  const { request } = grant;
  const { db } = world.store;
  const requestOf = (n: number) => `${request.slice(0, -4)}${1_000 + n}`;
  await over(world, "request", request, (n) => ({ hash: `hash ${n}` }));
  await over(world, "grant", grant.id, (n) => ({
    hash: `hash ${n}`,
    request: requestOf(n),
    approved_at: later(world, n),
    // Those without a window of their own are over.
    ...(n % 2 === 0 ? { revoked_at: world.at() } : {}),
  }));
  const seen = await listGrants(db, (await world.caller("officer")).scope, new Date(world.clock));
  expect([seen.length, seen[0]?.id, seen[1]?.approvedAt]).toEqual([
    1 + limits.listedPast,
    grant.id,
    later(world, limits.listedPast + 2),
  ]);
});
