import { actions } from "./ja/actions.ts";
import { codes } from "./ja/codes.ts";
import { portal } from "./ja/portal.ts";
import { shared } from "./ja/shared.ts";
import { staff } from "./ja/staff.ts";

/** Every text of the pages, in Japanese: the language whose shape the others follow. */
export const ja = { ...shared, ...portal, ...staff, actions, codes } as const;
