import { actions } from "./en/actions.ts";
import { codes } from "./en/codes.ts";
import { portal } from "./en/portal.ts";
import { shared } from "./en/shared.ts";
import { staff } from "./en/staff.ts";
import type { ja } from "./ja.ts";
import type { SameShape } from "./shape.ts";

export const en: SameShape<typeof ja> = { ...shared, ...portal, ...staff, actions, codes };
