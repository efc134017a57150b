import { VendorFile, VendorFileList } from "../protocol/api/vendor.ts";
import { type DossierKind, dossierKinds } from "../protocol/vendor.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { table } from "./format.ts";
import { chooseNamed } from "./name.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";
import { parseTime } from "./zoned-time.ts";

/** What can be said of a company; what is left out stays as it is. */
export interface VendorOptions {
  readonly contact?: string;
  /** Several with commas. */
  readonly domains?: string;
}

/** `genkan vendor list`. */
export async function vendorList(cli: Cli): Promise<number> {
  const { vendors } = await files(signedIn(cli, "staff"));
  const rows = vendors.map(({ id, name, active, sites, contracts }) => [
    id,
    name,
    active ? "" : cli.terminal.text("disabled"),
    sites.map((site) => site.name).join(", "),
    contracts
      .map(({ device, ends }) => `${device.name} (${cli.terminal.text("until")} ${ends.slice(0, 10)})`)
      .join(", "),
  ]);
  cli.terminal.result({ vendors }, rows.length > 0 ? table(rows) : [cli.terminal.text("none")]);
  return exitCodes.done;
}

/** `genkan vendor add NAME`. */
export async function vendorAdd(cli: Cli, name: string, o: VendorOptions & { site?: string }): Promise<number> {
  const api = signedIn(cli, "staff");
  const body = { name, contact: o.contact ?? null, mailDomains: domainsOf(o.domains ?? ""), site: o.site ?? null };
  return told(cli, await api.post("/api/vendors", body, VendorFile));
}

/** `genkan vendor edit VENDOR`. */
export async function vendorEdit(cli: Cli, vendor: string, o: VendorOptions & { name?: string }): Promise<number> {
  const api = signedIn(cli, "staff");
  const { id, name, contact, mailDomains } = await find(api, vendor);
  const body = {
    name: o.name ?? name,
    contact: o.contact === undefined ? contact : o.contact || null,
    mailDomains: o.domains === undefined ? mailDomains : domainsOf(o.domains),
  };
  return told(cli, await api.post(`/api/vendors/${id}`, body, VendorFile));
}

/** `genkan vendor consent VENDOR SUBCONTRACTOR`: without `--until` the hospital consents no more. */
export async function vendorConsent(
  cli: Cli,
  vendor: string,
  subcontractor: string,
  o: { site: string; from?: string; until?: string; note?: string },
): Promise<number> {
  const api = signedIn(cli, "staff");
  const { id } = await find(api, vendor);
  const zone = cli.zone ?? "UTC";
  const base = { nowMs: api.serverNow() };
  const from = parseTime(o.from ?? "now", zone, base);
  const body = {
    site: o.site,
    subcontractor: (await find(api, subcontractor)).id,
    consent:
      o.until === undefined ? null : { from, until: parseTime(o.until, zone, { ...base, fromMs: Date.parse(from) }) },
    note: o.note ?? null,
  };
  return told(cli, await api.post(`/api/vendors/${id}/subcontractors`, body, VendorFile));
}

/** `genkan vendor dossier VENDOR KIND NUMBER`. */
export async function vendorDossier(
  cli: Cli,
  vendor: string,
  kind: string,
  number: string,
  o: { site: string; issued: string; expires?: string; reference?: string },
): Promise<number> {
  if (!isDossierKind(kind)) throw new UsageError("dossier-kind-unknown", { kind, known: dossierKinds.join(", ") });
  const api = signedIn(cli, "staff");
  const { id } = await find(api, vendor);
  const { site, issued, expires = null, reference = null } = o;
  const body = { entry: null, site, kind, number, issued, expires, reference };
  return told(cli, await api.post(`/api/vendors/${id}/dossier`, body, VendorFile));
}

/** `genkan vendor offboard VENDOR`: at a site, or everywhere without one. */
export async function vendorOffboard(
  cli: Cli,
  vendor: string,
  o: { site?: string; reason: string; erase: string; due: string },
): Promise<number> {
  const api = signedIn(cli, "staff");
  const { id } = await find(api, vendor);
  const body = { site: o.site ?? null, reason: o.reason, what: o.erase, due: o.due };
  return told(cli, await api.post(`/api/vendors/${id}/offboarding`, body, VendorFile));
}

const files = (api: Api) => api.get("/api/vendor-files", VendorFileList);

async function find(api: Api, text: string): Promise<VendorFile> {
  const { vendors } = await files(api);
  return chooseNamed("vendor", vendors, text, ({ id, name }) => ({ id, names: [name] }));
}

function told(cli: Cli, vendor: VendorFile): number {
  cli.terminal.result({ vendor }, [cli.terminal.text("vendor-kept", { id: vendor.id, name: vendor.name })]);
  return exitCodes.done;
}

const domainsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);

const isDossierKind = (text: string): text is DossierKind => (dossierKinds as readonly string[]).includes(text);
