import { expect, expectTypeOf, test } from "vitest";
import { decide } from "../../../policy/decide.ts";
import type { Decision } from "../../../protocol/decision.ts";
import { putInForce } from "../../../store/approval.ts";
import { insertSession } from "../../../store/session.ts";
import { admission, approvalAllowed } from "../../allowed.ts";
import { admit, approve, ask, now, renew } from "./facts.ts";

type Admits = Parameters<typeof insertSession>[1];
type Enforces = Parameters<typeof putInForce>[1];

// What does not hold here does not compile: the compiler is the test, and says so in `npm run check`.
test("a session and a grant in force take nothing but an allowance of their own action, made by decide", () => {
  expectTypeOf<Admits>().toEqualTypeOf<Decision<"allow", "admit">>();
  expectTypeOf<Enforces>().toEqualTypeOf<Decision<"allow", "approve">>();

  const takeAdmit = (allowed: Admits) => allowed.effect;
  const takeApprove = (allowed: Enforces) => allowed.effect;
  expect(takeAdmit(admission)).toBe("allow");
  expect(takeApprove(approvalAllowed)).toBe("allow");

  // @ts-expect-error -- not looked at yet: it may be a refusal
  takeAdmit(decide(admit, now));
  const refused = decide({ ...admit, liveSessions: Number.MAX_SAFE_INTEGER }, now);
  if (refused.effect === "allow") throw new Error("allowed");
  // @ts-expect-error -- a refusal
  takeAdmit(refused);
  // @ts-expect-error -- a yes to a grant admits to no session
  takeAdmit(approvalAllowed);
  // @ts-expect-error -- nor the other way
  takeApprove(admission);
  for (const other of [decide(ask, now), decide(renew, now), decide(approve, now)])
    if (other.effect === "allow")
      // @ts-expect-error -- that a session may live on begins none
      takeAdmit(other);
  // @ts-expect-error -- looks like one, and nobody decided it
  takeAdmit({ effect: "allow", reasons: [], validUntil: null });
  // @ts-expect-error -- nor does a copy with another end
  takeAdmit({ ...refused, effect: "allow" });
});
