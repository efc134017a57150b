/** Where the parts of a world stand, and how a program is started there. */
export interface Layout {
  /** Host names of the pages; `access` is the domain below which each browser session gets one. */
  readonly names: Readonly<Record<"portal" | "staff" | "access", string>>;
  /** IP literals on which the gateway, the staff pages and the sample devices listen. */
  readonly addresses: Readonly<Record<"gateway" | "staff" | "devices", string>>;
  /** Command that puts a program into its place; the program's own follows it. */
  readonly launch: Readonly<Record<ProgramName, readonly string[]>>;
}

export type ProgramName = "gateway" | "authority" | "agent" | "sample";

/** All of it on this machine, unseen from outside. */
export const thisMachine: Layout = {
  names: { portal: "portal.localhost", staff: "staff.localhost", access: "access.localhost" },
  addresses: { gateway: "127.0.0.1", staff: "127.0.0.1", devices: "127.0.0.1" },
  launch: { gateway: [], authority: [], agent: [], sample: [] },
};
