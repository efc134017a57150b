import type { Context } from "../authority/context.ts";
import { putDossierEntry } from "../authority/dossier.ts";
import { confirmErased } from "../authority/erasure.ts";
import { offboardingCounts, offboardVendor } from "../authority/offboarding.ts";
import { consentTo } from "../authority/subcontract.ts";
import { addVendor, changeVendor, enableVendor, vendorFile, vendorFiles } from "../authority/vendor.ts";
import { ErasureConfirm, OffboardingCounts, OffboardingQuery, OffboardingSaid } from "../protocol/api/offboarding.ts";
import {
  DossierSaid,
  SubcontractSaid,
  VendorAdd,
  VendorFile,
  VendorFileList,
  VendorSaid,
} from "../protocol/api/vendor.ts";
import { Nothing } from "../protocol/schema.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

const administration = { faces: ["staff"], permission: ["administrator"] } as const;
const ofVendor = PathId("vendor");

/** Companies that maintain devices, for those who administer the hospitals for which they work. */
export function vendorRoutes(c: Context): Endpoint[] {
  return [
    endpoint({
      ...administration,
      method: "GET",
      url: "/api/vendor-files",
      audit: "vendor.read",
      reply: VendorFileList,
      handle: async ({ caller }) => ({ vendors: await vendorFiles(c.store.db, caller.scope) }),
    }),
    endpoint({
      ...administration,
      method: "POST",
      url: "/api/vendors",
      audit: "vendor.add",
      body: VendorAdd,
      reply: VendorFile,
      status: 201,
      handle: async ({ caller, body }) =>
        vendorFile(c.store.db, caller.scope, await addVendor(c.store, body, c.now(), caller)),
    }),
    endpoint({
      ...administration,
      method: "POST",
      url: "/api/vendors/:id",
      audit: "vendor.change",
      params: ofVendor,
      body: VendorSaid,
      reply: VendorFile,
      handle: ({ caller, params, body }) => changeVendor(c.store, caller, params.id, body, c.now()),
    }),
    endpoint({
      ...administration,
      method: "POST",
      url: "/api/vendors/:id/dossier",
      audit: "dossier.put",
      params: ofVendor,
      body: DossierSaid,
      reply: VendorFile,
      handle: ({ caller, params, body }) => putDossierEntry(c.store, caller, params.id, body, c.now()),
    }),
    endpoint({
      ...administration,
      method: "POST",
      url: "/api/vendors/:id/subcontractors",
      audit: "subcontract.consent",
      params: ofVendor,
      body: SubcontractSaid,
      reply: VendorFile,
      handle: ({ caller, params, body }) => consentTo(c.store, caller, params.id, body, c.now()),
    }),
    endpoint({
      ...administration,
      method: "GET",
      url: "/api/vendors/:id/offboarding",
      audit: "vendor.read",
      params: ofVendor,
      query: OffboardingQuery,
      reply: OffboardingCounts,
      handle: ({ caller, params, query }) => offboardingCounts(c, caller, params.id, query.site ?? null),
    }),
    endpoint({
      ...administration,
      method: "POST",
      url: "/api/vendors/:id/offboarding",
      audit: "vendor.offboard",
      params: ofVendor,
      body: OffboardingSaid,
      reply: VendorFile,
      handle: ({ caller, params, body }) => offboardVendor(c, caller, params.id, body),
    }),
    endpoint({
      ...administration,
      method: "POST",
      url: "/api/vendors/:id/enable",
      audit: "vendor.enable",
      params: ofVendor,
      body: Nothing,
      reply: VendorFile,
      handle: ({ caller, params }) => enableVendor(c.store, caller, params.id, c.now()),
    }),
    endpoint({
      ...administration,
      method: "POST",
      url: "/api/erasures/:id/confirmation",
      audit: "erasure.confirm",
      params: PathId("erasure"),
      body: ErasureConfirm,
      reply: Nothing,
      handle: async ({ caller, params, body }) => {
        await confirmErased(c.store, caller, params.id, body.reference, c.now());
        return {};
      },
    }),
  ];
}
