import Type from "typebox";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import { Day, Instant, Name, Nullable, ReasonText, SmallCount, Strict } from "../schema.ts";
import { Site } from "../site.ts";

/** What a vendor must confirm to have erased; a site of null means anywhere. Open until it is confirmed. */
export const ErasureView = Strict({
  id: Id("erasure"),
  site: Nullable(Site),
  what: ReasonText,
  due: Day,
  openedAt: Instant,
  confirmedAt: Nullable(Instant),
  confirmedBy: Nullable(PersonRef),
  reference: Nullable(Name),
});
export type ErasureView = Type.Static<typeof ErasureView>;

/** POST /api/erasures/:id/confirmation: the number of the certificate, or where it lies. */
export const ErasureConfirm = Strict({ reference: Name });

/** GET /api/vendors/:id/offboarding: what it would end, at a site or, without one, everywhere. */
export const OffboardingQuery = Strict({ site: Type.Optional(Id("site")) });
export const OffboardingCounts = Strict({
  contracts: SmallCount,
  consents: SmallCount,
  requests: SmallCount,
  grants: SmallCount,
  sessions: SmallCount,
  people: SmallCount,
});
export type OffboardingCounts = Type.Static<typeof OffboardingCounts>;

/** POST /api/vendors/:id/offboarding */
export const OffboardingSaid = Strict({ site: Nullable(Id("site")), reason: ReasonText, what: ReasonText, due: Day });
export type OffboardingSaid = Type.Static<typeof OffboardingSaid>;
