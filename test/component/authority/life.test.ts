import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { admit } from "../../../authority/admission.ts";
import { beginApproval, finishApproval } from "../../../authority/approve.ts";
import { ask, deny, withdraw } from "../../../authority/ask.ts";
import type { PersonCaller } from "../../../authority/caller.ts";
import { lift, lock } from "../../../authority/lock.ts";
import { revoke } from "../../../authority/revoke.ts";
import { endOne } from "../../../authority/session-end.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { spanOf } from "../../../protocol/window-at.ts";
import { listGrants } from "../../../store/grant.ts";
import { listRequests } from "../../../store/request.ts";
import { Scope } from "../../../store/scope.ts";
import { listSessions } from "../../../store/session.ts";
import { asPin } from "../../brand.ts";
import type { Passkey } from "../../passkey.ts";
import { AgentEnd, assertionJson, connectGateway, wish } from "./parts.ts";
import { minute, outcome, World } from "./world.ts";

/**
 * What may happen to requests, grants and sessions, in the fewest words: no I/O, no ladder, no rows. The authority is held
 * to it after every step, so no order of steps leads to a live session without another person's approval, within what was
 * asked, in its window, unlocked (D22, A8).
 */
interface Span {
  readonly start: number;
  readonly end: number;
}
interface ModelRequest {
  readonly id: Id<"request">;
  readonly asked: Span;
  state: "pending" | "approved" | "denied" | "withdrawn";
}
interface ModelGrant {
  readonly id: Id<"grant">;
  readonly span: Span;
  readonly within: Span;
  revoked: boolean;
}
interface Model {
  requests: ModelRequest[];
  grants: ModelGrant[];
  /** Session → grant. */
  live: Map<Id<"session">, ModelGrant>;
  locks: { id: Id<"lock">; kind: LockedKind }[];
}
type Approver = "approver" | "technician" | "foreignApprover";
type LockedKind = "person" | "device" | "everything";

type Step =
  | { do: "ask"; from: number; long: number }
  | { do: "withdraw" | "deny"; nth: number; by: Approver }
  | { do: "approve"; nth: number; by: Approver; shift: number; grow: number; wait: number }
  | { do: "revoke"; nth: number }
  | { do: "admit"; nth: number; by: "technician" | "colleague" }
  | { do: "end"; nth: number }
  | { do: "lock"; kind: LockedKind }
  | { do: "lift"; nth: number }
  | { do: "wait"; minutes: number }
  | { do: "renew" };

const nth = fc.nat(5);
const by = fc.constantFrom<Approver>("approver", "approver", "approver", "technician", "foreignApprover");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      from: fc.integer({ min: -5, max: 20 }),
      long: fc.integer({ min: 0, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("withdraw" as const, "deny" as const), nth, by }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("approve" as const),
      nth,
      by,
      // Minutes by which the approver's window begins later, and ends later, than asked.
      shift: fc.integer({ min: -3, max: 6 }),
      grow: fc.integer({ min: -6, max: 3 }),
      // Between the begin and the signature.
      wait: fc.constantFrom(0, 0, 0, 2, 10),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("revoke" as const), nth }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("admit" as const),
      nth,
      by: fc.constantFrom("technician" as const, "technician" as const, "colleague" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), nth }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("lock" as const),
      kind: fc.constantFrom<LockedKind>("person", "device", "everything"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lift" as const), nth }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renew" as const) }) },
);

let world: World;
const callers = {} as Record<"approver" | "technician" | "foreignApprover" | "colleague" | "officer", PersonCaller>;
const ends: (() => void | Promise<void>)[] = [];
const system = Scope.system();

beforeAll(async () => {
  world = await World.open({ until: (end) => void ends.push(end) });
  await connectGateway(world, (end) => void ends.push(end));
  const agent = await AgentEnd.connect(world, "agentA", (end) => void ends.push(end));
  await agent.hello(world);
  for (const name of ["approver", "foreignApprover", "technician"] as const) await world.enrol(name);
  for (const name of ["approver", "foreignApprover", "technician", "colleague", "officer"] as const)
    callers[name] = await world.caller(name);
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const span = (text: { start: string; end: string }): Span => ({
  start: Date.parse(text.start),
  end: Date.parse(text.end),
});
const windowOf = ({ start, end }: Span) => ({ start: new Date(start).toISOString(), end: new Date(end).toISOString() });
const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
const open = ({ start, end }: Span) => start <= world.clock && world.clock < end;
const locked = (model: Model) => model.locks.length > 0;

/** Does one step and says whether the model allowed it. */
async function act(model: Model, step: Step): Promise<void> {
  const c = world.context;
  const now = world.clock;
  switch (step.do) {
    case "ask": {
      const wanted = { start: now + step.from * minute, end: now + (step.from + step.long) * minute };
      const pending = model.requests.filter(({ state, asked }) => state === "pending" && now < asked.end);
      const may =
        wanted.start < wanted.end &&
        now < wanted.end &&
        !locked(model) &&
        pending.length < limits.openRequestsPerPerson;
      const body = await wish(world, callers.technician, { windows: [windowOf(wanted)] });
      const before = (await listRequests(world.store.db, system, c.now())).map(({ id }) => id);
      expect(await outcome(ask(c, callers.technician, body))).toMatch(may ? /^done$/ : /^denied/);
      const made = (await listRequests(world.store.db, system, c.now())).find(({ id }) => !before.includes(id));
      if (made) model.requests.push({ id: made.id, asked: wanted, state: "pending" });
      return;
    }
    case "withdraw":
    case "deny": {
      const request = pick(model.requests, step.nth);
      if (!request) return;
      const own = step.by === (step.do === "withdraw" ? "technician" : "approver");
      const may = own && request.state === "pending" && now < request.asked.end;
      const caller = callers[step.by];
      const done = await outcome(
        step.do === "withdraw" ? withdraw(c, caller, request.id) : deny(c, caller, request.id, "no"),
      );
      expect(done === "done").toBe(may);
      if (may) request.state = step.do === "withdraw" ? "withdrawn" : "denied";
      return;
    }
    case "approve": {
      const request = pick(model.requests, step.nth);
      if (!request) return;
      const given = { start: request.asked.start + step.shift * minute, end: request.asked.end + step.grow * minute };
      const within = request.asked.start <= given.start && given.end <= request.asked.end && given.start < given.end;
      const may = () =>
        step.by === "approver" && within && request.state === "pending" && world.clock < given.end && !locked(model);
      const caller = callers[step.by];
      const passkey = world.passkeys.get(step.by) as Passkey;
      const begun = await beginApproval(c, caller, request.id, [windowOf(given)]).catch(() => null);
      expect(begun !== null).toBe(may());
      if (!begun) return;
      world.clock += step.wait * minute;
      const response = assertionJson(passkey, (begun.options as { challenge: string }).challenge);
      const view = await finishApproval(c, caller, request.id, begun.ceremony, response).then(
        ({ grant }) => grant,
        () => null,
      );
      expect(view !== null).toBe(may() && step.wait * minute < limits.ceremonyMs);
      if (!view) break;
      request.state = "approved";
      model.grants.push({ id: view.id, span: span(spanOf(view.windows)), within: request.asked, revoked: false });
      break;
    }
    case "revoke": {
      const grant = pick(model.grants, step.nth);
      if (!grant) return;
      const done = await outcome(revoke(c, callers.officer, grant.id, "why"));
      expect(done === "done").toBe(!grant.revoked);
      grant.revoked = true;
      for (const [session, of] of model.live) if (of === grant) model.live.delete(session);
      return;
    }
    case "admit": {
      const grant = pick(model.grants, step.nth);
      if (!grant) return;
      const running = [...model.live.values()].filter((of) => of === grant).length;
      const may =
        step.by === "technician" &&
        !grant.revoked &&
        open(grant.span) &&
        !locked(model) &&
        running < limits.sessionsPerGrant;
      const service = world.devices.own.services[1] ?? ("svc_" as const);
      const input = { grant: grant.id, service, client: "native", clientKey: asPin("A".repeat(43)) } as const;
      const ticket = await admit(c, callers[step.by], input).catch(() => null);
      expect(ticket !== null).toBe(may);
      if (ticket) model.live.set(ticket.session, grant);
      return;
    }
    case "end": {
      const session = pick([...model.live.keys()], step.nth);
      if (session === undefined) return;
      await endOne(c, callers.technician, session, null);
      model.live.delete(session);
      return;
    }
    case "lock": {
      const target = { person: callers.technician.person.id, device: world.devices.own.id, everything: null }[
        step.kind
      ];
      const { id } = await lock(c, world.leases, callers.officer, { kind: step.kind, target, reason: "why" });
      model.locks.push({ id, kind: step.kind });
      model.live.clear();
      return;
    }
    case "lift": {
      const one = pick(model.locks, step.nth);
      if (!one) return;
      await lift(c, callers.officer, one.id, "found");
      model.locks = model.locks.filter((other) => other !== one);
      return;
    }
    case "wait":
      world.clock += step.minutes * minute;
      break;
    case "renew":
      break;
  }
  // As its timer would: a window that closed has cut what it held.
  await world.leases.round();
  for (const [session, grant] of model.live) if (!open(grant.span)) model.live.delete(session);
}

/** The authority's rows are the model's. */
async function compare(model: Model): Promise<void> {
  const { db } = world.store;
  const sessions = (await listSessions(db, system)).filter(({ state }) => state !== "ended");
  expect(new Set(sessions.map(({ id }) => id))).toEqual(new Set(model.live.keys()));
  const grants = await listGrants(db, system, world.context.now());
  const mine = new Map(model.grants.map((grant) => [grant.id, grant]));
  for (const { id, grant: grantId } of sessions) {
    const grant = mine.get(grantId);
    const view = grants.find((one) => one.id === grantId);
    // The invariant itself, said of each live session.
    expect(view?.approvers.map((approver) => approver.id)).toEqual([callers.approver.person.id]);
    expect(view?.person.id).toBe(callers.technician.person.id);
    expect([id, grant?.revoked, locked(model), view && span(spanOf(view.windows))]).toEqual([
      id,
      false,
      false,
      grant?.span,
    ]);
    expect(grant && grant.within.start <= grant.span.start && grant.span.end <= grant.within.end).toBe(true);
  }
  const requests = new Map((await listRequests(db, system, world.context.now())).map(({ id, state }) => [id, state]));
  for (const { id, state, asked } of model.requests)
    expect(requests.get(id)).toBe(state === "pending" && asked.end <= world.clock ? "expired" : state);
}

test("no order of steps leads to a live session that was not approved by another person, within the request, in its window, unlocked", async () => {
  await fc.assert(
    fc
      .asyncProperty(fc.array(step, { minLength: 12, maxLength: 40 }), async (steps) => {
        const model: Model = { requests: [], grants: [], live: new Map(), locks: [] };
        for (const one of steps) {
          await act(model, one);
          await compare(model);
        }
      })
      // Each run begins with nothing pending, live or locked, on the same store.
      .beforeEach(async () => {
        world.clock += 24 * 60 * minute;
        await world.leases.round();
        const { db } = world.store;
        await db.updateTable("lock").set({ lifted_at: world.at() }).where("lifted_at", "is", null).execute();
      }),
    { numRuns: 25, interruptAfterTimeLimit: 6_000, markInterruptAsFailure: false },
  );
}, 30_000);
