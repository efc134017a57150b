import type Type from "typebox";
import { Id } from "./id.ts";
import { Name, Nullable, Strict } from "./schema.ts";

export const Vendor = Strict({ id: Id("vendor"), name: Name });
export type Vendor = Type.Static<typeof Vendor>;

export const VendorOrNull = Nullable(Vendor);
