import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Id } from "../protocol/make-id.ts";

declare const made: unique symbol;

/** No row is of this site. */
const nowhere: Id<"site"> = "sit_";

/**
 * Whose rows a call may see: every call of the store that reads or changes somebody's rows takes one and narrows by it, so
 * that tenancy stands in the types; one that adds a row, or finds it by a secret, takes none. Only authentication makes a
 * scope for a person; the authority's own work uses {@link Scope.system}. Tests hold who makes one, and that each narrows.
 */
export class Scope {
  declare readonly [made]: true;
  readonly site: Id<"site"> | null;
  readonly vendor: Id<"vendor"> | null;
  readonly person: Id<"person"> | null;

  private constructor(site: Id<"site"> | null, vendor: Id<"vendor"> | null, person: Id<"person"> | null) {
    this.site = site;
    this.vendor = vendor;
    this.person = person;
  }

  /** Staff see their site; a vendor administrator the vendor; a technician what is the technician's own. */
  static ofPerson(person: {
    id: Id<"person">;
    site: Id<"site"> | null;
    vendor: Id<"vendor"> | null;
    roles: readonly string[];
  }): Scope {
    if (person.vendor !== null)
      return new Scope(null, person.vendor, person.roles.includes("vendor-administrator") ? null : person.id);
    // Staff without a site see nothing rather than everything.
    return new Scope(person.site ?? nowhere, null, null);
  }

  static system(): Scope {
    return new Scope(null, null, null);
  }

  /** Whether this is {@link Scope.system}. */
  get unbounded(): boolean {
    return this.site === null && this.vendor === null && this.person === null;
  }

  /**
   * SQL condition over the columns that a table has. A column that is left out does not narrow; a scope that none of
   * them narrows sees nothing.
   */
  rows(columns: { site?: string; vendor?: string; person?: string }): RawBuilder<SqlBool> {
    if (this.unbounded) return sql<SqlBool>`(1 = 1)`;
    const conditions: RawBuilder<SqlBool>[] = [];
    for (const key of ["site", "vendor", "person"] as const) {
      const column = columns[key];
      if (column !== undefined && this[key] !== null) conditions.push(sql`${sql.ref(column)} = ${this[key]}`);
    }
    return conditions.length === 0 ? sql<SqlBool>`(1 = 0)` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
  }
}
