import { en as texts } from "../../text/en.ts";
import type { SameShape } from "../../text/shape.ts";
import { codesOf } from "./codes.ts";
import { account } from "./en/account.ts";
import { administration } from "./en/administration.ts";
import { portal } from "./en/portal.ts";
import { reach } from "./en/reach.ts";
import { register } from "./en/register.ts";
import { setup } from "./en/setup.ts";
import { shared } from "./en/shared.ts";
import { sheet } from "./en/sheet.ts";
import { staff } from "./en/staff.ts";
import { vendors } from "./en/vendors.ts";
import type { ja } from "./ja.ts";

export const en: SameShape<typeof ja> = {
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
  codes: codesOf("en", texts),
};
