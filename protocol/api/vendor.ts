import Type from "typebox";
import { Strict } from "../schema.ts";
import { Vendor } from "../vendor.ts";

/** GET /api/vendors */
export const VendorList = Strict({ vendors: Type.Array(Vendor) });
