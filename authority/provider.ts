import { Check } from "typebox/value";
import { seal } from "../crypto/at-rest.ts";
import { newId } from "../crypto/random.ts";
import { ProviderAdd, ProviderChange, type ProviderView } from "../protocol/api/provider.ts";
import type { ClaimMapping } from "../protocol/claim-mapping.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { findProvider, insertProvider, listProviders, type Provider, updateProvider } from "../store/provider.ts";
import { Scope } from "../store/scope.ts";
import { findSite } from "../store/site.ts";
import type { Change, Store } from "../store/store.ts";
import { findVendor } from "../store/vendor.ts";
import { covers } from "./administered.ts";
import { actorOf, type Caller } from "./caller.ts";
import type { Context } from "./context.ts";
import { installation, placeOf, requireRoles } from "./membership.ts";
import { requireNotLocked } from "./not-locked.ts";

/** What a provider is for good; its mapping is held to it. */
type Bounds = Pick<ProviderView, "face" | "site" | "vendor">;

/**
 * A provider that signs people in: of a site's people by its administrator, of anybody's by whoever administers the installation or
 * has its host. Throws `bad-request` for what no provider is, `not-found` for a place that is not the caller's, and `too-many`.
 */
export async function addProvider(
  { store, keys }: Pick<Context, "store" | "keys">,
  said: ProviderAdd,
  at: Date,
  by: Caller,
): Promise<Id<"provider">> {
  requireForm(Check(ProviderAdd, said) && URL.canParse(said.issuer));
  const { secret, ...rest } = said;
  const id = newId("provider");
  const place = said.site === null && said.vendor === null ? installation : placeOf(said);
  if (!covers(by.scope, place)) throw new GenkanError("not-found");
  if ((place.site !== null && said.face !== "staff") || (place.vendor !== null && said.face !== "portal"))
    throw new GenkanError("bad-request", "A hospital's people sign in on the staff host, a vendor's on the portal.");
  await store.change(async (change) => {
    await requireNotLocked(change.db, by, place.site);
    await requirePlace(change, place, by);
    await requireMapping(change, said, said.mapping, by);
    if ((await listProviders(change.db, Scope.system())).length >= limits.providers) throw new GenkanError("too-many");
    const secretSealed = seal(keys.data, sealedFor(id), secret);
    await insertProvider(change.db, { id, ...rest, secretSealed, createdAt: at.toISOString() });
    await change.audit({
      at,
      action: "provider.add",
      outcome: "done",
      actor: actorOf(by),
      ...place,
      subjects: { provider: id },
      facts: factsOf(rest),
    });
    change.touch("register");
  });
  return id;
}

/** Says a provider anew; where it is and whom it serves stay. Throws `not-found`, `bad-request`. */
export async function changeProvider(
  { store, keys }: Pick<Context, "store" | "keys">,
  id: Id<"provider">,
  { secret, ...said }: ProviderChange,
  at: Date,
  by: Caller,
): Promise<void> {
  requireForm(Check(ProviderChange, { secret, ...said }));
  await store.change(async (change) => {
    const before = await find(change, id, by);
    await requireMapping(change, before, said.mapping, by);
    const secretSealed = secret === null ? {} : { secretSealed: seal(keys.data, sealedFor(id), secret) };
    await updateProvider(change.db, by.scope, id, { said, ...secretSealed });
    await change.audit({
      at,
      action: "provider.change",
      outcome: "done",
      actor: actorOf(by),
      site: before.site,
      vendor: before.vendor,
      subjects: { provider: id },
      facts: { ...factsOf({ ...before, ...said }), secretChanged: secret !== null, before: factsOf(before) },
    });
    change.touch("register");
  });
}

/** Turns a provider off, or on again: nobody signs in by one that is off, whoever has signed in stays. Throws `not-found`. */
export async function setProviderActive(
  store: Store,
  id: Id<"provider">,
  active: boolean,
  at: Date,
  by: Caller,
): Promise<void> {
  await store.urgent(async (change) => {
    const before = await find(change, id, by);
    if (before.active === active) return;
    await updateProvider(change.db, by.scope, id, { active });
    await change.audit({
      at,
      action: active ? "provider.enable" : "provider.disable",
      outcome: "done",
      actor: actorOf(by),
      site: before.site,
      vendor: before.vendor,
      subjects: { provider: id },
    });
    change.touch("register");
  });
}

/** For what the client's secret is sealed: one provider's opens no other's. */
export const sealedFor = (id: Id<"provider">) => `provider:${id}`;

/** Without what stays here. */
export function providerView({ secretSealed: _secret, ...view }: Provider): ProviderView {
  return view;
}

async function find(change: Change, id: Id<"provider">, by: Caller): Promise<Provider> {
  const found = await findProvider(change.db, by.scope, id);
  if (!found) throw new GenkanError("not-found");
  await requireNotLocked(change.db, by, found.site);
  return found;
}

async function requirePlace(change: Change, { site, vendor }: Omit<Bounds, "face">, by: Caller): Promise<void> {
  const there =
    (site === null || (await findSite(change.db, by.scope, site))) &&
    (vendor === null || (await findVendor(change.db, by.scope, vendor)));
  if (!there) throw new GenkanError("not-found");
}

/** Throws unless each line is of a place of this provider's and of the caller's, and gives what somebody can be there. */
async function requireMapping(change: Change, bounds: Bounds, mapping: ClaimMapping, by: Caller): Promise<void> {
  for (const { site, vendor, roles } of mapping) {
    const place = placeOf({ site, vendor });
    if (!covers(by.scope, place)) throw new GenkanError("not-found");
    requireRoles(place, roles);
    const elsewhere =
      (place.site !== null) !== (bounds.face === "staff") ||
      (bounds.site !== null && bounds.site !== place.site) ||
      (bounds.vendor !== null && bounds.vendor !== place.vendor);
    if (elsewhere) throw new GenkanError("bad-request", "A provider maps to places alone whose people it signs in.");
    await requirePlace(change, place, by);
  }
}

function requireForm(fits: boolean): void {
  if (!fits)
    throw new GenkanError(
      "bad-request",
      "A provider has an issuer (an https address without query and fragment), a label, a client id and secret, and a mapping.",
    );
}

const factsOf = ({ issuer, label, clientId, mapping, twoFactors, maxAgeSeconds }: Omit<ProviderAdd, "secret">) => ({
  issuer,
  label,
  clientId,
  mapping,
  twoFactors,
  maxAgeSeconds,
});
