import type Type from "typebox";
import { expect, expectTypeOf, test } from "vitest";
import { newId } from "../../../crypto/random.ts";
import type { AdmitFacts, DeviceFacts, LockFacts, WorkstationFacts } from "../../../policy/facts.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import { Id } from "../../../protocol/id.ts";
import { type IdKind, idPrefixes, isId } from "../../../protocol/make-id.ts";
import type { Signer } from "../../../protocol/quorum.ts";
import { readId } from "../../../protocol/read-id.ts";
import type { findGrant } from "../../../store/grant.ts";
import type { Schema } from "../../../store/schema.ts";

const ofGrant = (id: Id<"grant">) => id;

// What does not hold here does not compile: the compiler is the test, and says so in `npm run check`.
test("an id of another kind, a token or any text is no id of a grant", () => {
  expect(ofGrant(newId("grant"))).toMatch(/^gnt_/);
  // @ts-expect-error -- the id of a session
  ofGrant(newId("session"));
  const any: (kind: IdKind) => Id<IdKind> = newId;
  // @ts-expect-error -- of whatever kind it is
  ofGrant(any("grant"));
  // @ts-expect-error -- a token, a hash, or what somebody typed
  ofGrant(String("gnt_"));
  const typed: string = newId("grant");
  expect(ofGrant(readId("grant", typed))).toBe(typed);
  expectTypeOf<Id<"session">>().not.toExtend<Id<"grant">>();
});

test("what is parsed, and what the store keeps, is of its kind", () => {
  expectTypeOf<Type.Static<typeof GrantView>["device"]["id"]>().toEqualTypeOf<Id<"device">>();
  expectTypeOf<Parameters<typeof findGrant>[2]>().toEqualTypeOf<Id<"grant">>();
  expectTypeOf<Schema["session"]["grant"]>().not.toExtend<Schema["session"]["sign_in"]>();
  // What decisions stand on, and who fills a place of a quorum.
  expectTypeOf<DeviceFacts["agent"]>().toEqualTypeOf<Id<"agent">>();
  expectTypeOf<DeviceFacts["vendor"]>().not.toExtend<DeviceFacts["site"]>();
  expectTypeOf<AdmitFacts["grant"]["workstation"]>().toEqualTypeOf<WorkstationFacts["id"]>();
  expectTypeOf<Signer["person"]>().toEqualTypeOf<Id<"person">>();
  expectTypeOf<Id<"service">>().not.toExtend<LockFacts["target"]>();
  expect(Id("grant")).toMatchObject({ type: "string", pattern: "^gnt_[0-9a-hjkmnp-tv-z]{16}$" });
});

test.each(Object.keys(idPrefixes) as IdKind[])("of a kind's id no other kind is read: %s", (kind) => {
  const id = newId(kind);
  expect((Object.keys(idPrefixes) as IdKind[]).filter((other) => isId(other, id))).toEqual([kind]);
  for (const text of ["", id.slice(0, -1), `${id}0`, `${id}\n`, id.toUpperCase()])
    expect(() => readId(kind, text)).toThrow(expect.objectContaining({ code: "not-found" }));
});
