import type { ProviderView } from "../protocol/api/provider.ts";
import type { ClaimMapping } from "../protocol/claim-mapping.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

type Fixed = Pick<ProviderView, "id" | "issuer" | "face" | "site" | "vendor" | "createdAt">;
type Said = Omit<ProviderView, keyof Fixed | "active">;

/** With the client's secret as it is kept: sealed. */
export type Provider = ProviderView & { readonly secretSealed: string };

/** A provider that is in use. */
export async function insertProvider(
  db: Db,
  { id, issuer, face, site, vendor, createdAt, secretSealed, ...said }: Omit<Provider, "active">,
): Promise<void> {
  const fixed = { id, issuer, face, site, vendor, created_at: createdAt };
  await db
    .insertInto("provider")
    .values({ ...fixed, ...columnsOf(said), secret_sealed: secretSealed, active: 1 })
    .execute();
}

/** Says a provider anew, or turns it on or off. */
export async function updateProvider(
  db: Db,
  scope: Scope,
  id: Id<"provider">,
  { said, secretSealed, active }: { said?: Said; secretSealed?: string; active?: boolean },
): Promise<void> {
  await db
    .updateTable("provider")
    .set({
      ...(said === undefined ? {} : columnsOf(said)),
      ...(secretSealed === undefined ? {} : { secret_sealed: secretSealed }),
      ...(active === undefined ? {} : { active: active ? 1 : 0 }),
    })
    .where("id", "=", id)
    .where(providersOf(scope))
    .execute();
}

/** Providers of a scope, by label: of whoever administers a place, the place's own. */
export async function listProviders(db: Db, scope: Scope): Promise<Provider[]> {
  const rows = await providers(db, scope).orderBy("label").orderBy("id").execute();
  return rows.map(toProvider);
}

export async function findProvider(db: Db, scope: Scope, id: Id<"provider">): Promise<Provider | null> {
  const row = await providers(db, scope).where("id", "=", id).executeTakeFirst();
  return row ? toProvider(row) : null;
}

const providersOf = (scope: Scope) => scope.rows({ site: "provider.site", vendor: "provider.vendor" });
const providers = (db: Db, scope: Scope) => db.selectFrom("provider").selectAll().where(providersOf(scope));

const columnsOf = ({ label, clientId, mapping, twoFactors, maxAgeSeconds }: Said) => ({
  label,
  client_id: clientId,
  mapping: JSON.stringify(mapping),
  two_factors: JSON.stringify(twoFactors),
  max_age_seconds: maxAgeSeconds,
});

function toProvider(row: Awaited<ReturnType<ReturnType<typeof providers>["execute"]>>[number]): Provider {
  const { client_id, secret_sealed, mapping, two_factors, max_age_seconds, active, created_at, ...rest } = row;
  return {
    ...rest,
    clientId: client_id,
    secretSealed: secret_sealed,
    mapping: JSON.parse(mapping) as ClaimMapping,
    twoFactors: JSON.parse(two_factors) as Provider["twoFactors"],
    maxAgeSeconds: max_age_seconds === null ? null : Number(max_age_seconds),
    active: active === 1,
    createdAt: created_at,
  };
}
