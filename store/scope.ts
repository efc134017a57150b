import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Id } from "../protocol/make-id.ts";
import { isOfInstallation } from "../protocol/membership.ts";
import type { Role } from "../protocol/person.ts";

/** Whose scope it is to be: where they belong now, and as what. */
interface Belonging {
  readonly id: Id<"person">;
  readonly memberships: readonly {
    readonly site: { readonly id: Id<"site"> } | null;
    readonly vendor: { readonly id: Id<"vendor"> } | null;
    readonly roles: readonly Role[];
  }[];
}

declare const made: unique symbol;

/**
 * Whose rows a call may see: every call of the store that reads or changes somebody's rows takes one and narrows by it, so
 * that tenancy stands in the types; one that adds a row, or finds it by a secret, takes none. Only authentication makes a
 * scope for a person; the authority's own work uses {@link Scope.system}. Tests hold who makes one, and that each narrows.
 */
export class Scope {
  declare readonly [made]: true;
  /** Null: not narrowed by site. */
  readonly sites: readonly Id<"site">[] | null;
  readonly vendor: Id<"vendor"> | null;
  readonly person: Id<"person"> | null;

  private constructor(sites: readonly Id<"site">[] | null, vendor: Id<"vendor"> | null, person: Id<"person"> | null) {
    this.sites = sites;
    this.vendor = vendor;
    this.person = person;
  }

  /**
   * Staff see the sites at which they hold one of these roles, or any where none are named, and all where they hold it for the
   * installation; a vendor administrator the vendor; a technician what is the technician's own.
   */
  static ofPerson(
    { id, memberships }: Belonging,
    roles: readonly Role[] = memberships.flatMap((one) => one.roles),
  ): Scope {
    const vendor = memberships.find((one) => one.vendor !== null);
    if (vendor?.vendor)
      return new Scope(null, vendor.vendor.id, vendor.roles.includes("vendor-administrator") ? null : id);
    const held = memberships.filter((one) => roles.some((role) => one.roles.includes(role)));
    if (held.some(isOfInstallation)) return Scope.system();
    // Staff of no site see nothing rather than everything.
    return new Scope(
      held.flatMap(({ site }) => site?.id ?? []),
      null,
      null,
    );
  }

  static system(): Scope {
    return new Scope(null, null, null);
  }

  /** The same, narrowed to one site of it; nothing at all of a site that it does not see. */
  at(site: Id<"site">): Scope {
    return new Scope(this.sees(site) ? [site] : [], this.vendor, this.person);
  }

  /** Whether this site is not beyond it. */
  sees(site: Id<"site">): boolean {
    return this.sites === null || this.sites.includes(site);
  }

  /** Whether this is {@link Scope.system}. */
  get unbounded(): boolean {
    return this.sites === null && this.vendor === null && this.person === null;
  }

  /**
   * SQL condition over the columns that a table has. A column that is left out does not narrow; a scope that none of
   * them narrows sees nothing.
   */
  rows(columns: { site?: string; vendor?: string; person?: string }): RawBuilder<SqlBool> {
    if (this.unbounded) return sql<SqlBool>`(1 = 1)`;
    const conditions: RawBuilder<SqlBool>[] = [];
    const { site, vendor, person } = columns;
    if (site !== undefined && this.sites !== null)
      conditions.push(this.sites.length === 0 ? sql`1 = 0` : sql`${sql.ref(site)} in (${sql.join([...this.sites])})`);
    if (vendor !== undefined && this.vendor !== null) conditions.push(sql`${sql.ref(vendor)} = ${this.vendor}`);
    if (person !== undefined && this.person !== null) conditions.push(sql`${sql.ref(person)} = ${this.person}`);
    return conditions.length === 0 ? sql<SqlBool>`(1 = 0)` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
  }
}
