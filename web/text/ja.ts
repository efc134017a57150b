import { ja as texts } from "../../text/ja.ts";
import { codesOf } from "./codes.ts";
import { account } from "./ja/account.ts";
import { administration } from "./ja/administration.ts";
import { portal } from "./ja/portal.ts";
import { reach } from "./ja/reach.ts";
import { register } from "./ja/register.ts";
import { setup } from "./ja/setup.ts";
import { shared } from "./ja/shared.ts";
import { sheet } from "./ja/sheet.ts";
import { staff } from "./ja/staff.ts";
import { vendors } from "./ja/vendors.ts";

/** Every text of the pages, in Japanese: the language whose shape the others follow. What codes say stands in `text/`. */
export const ja = {
  ...shared,
  ...portal,
  ...staff,
  ...administration,
  ...vendors,
  ...reach,
  ...setup,
  ...account,
  ...register,
  ...sheet,
  state: texts.states,
  role: texts.roles,
  lockKind: texts.lockKinds,
  actions: texts.actions,
  oddities: texts.oddities,
  reaches: texts.reaches,
  lineFaults: texts.lineFaults,
  checklistStep: texts.checklistSteps,
  checklistReason: texts.checklistReasons,
  codes: codesOf("ja", texts),
} as const;
