import Type from "typebox";
import { Id } from "../id.ts";
import { limits } from "../limits.ts";
import { Nullable, Strict } from "../schema.ts";
import { Site } from "../site.ts";

const days = (least: number) => Nullable(Type.Integer({ minimum: least, maximum: limits.retentionDaysMost }));
/** How many days a site keeps recordings, and the bodies of the log's records; null: without end. */
const said = { recordingDays: days(limits.recordingDaysLeast), logDays: days(limits.logDaysLeast) };

export const RetentionView = Strict({ site: Site, ...said });
export type RetentionView = Type.Static<typeof RetentionView>;
/** GET /api/retention */
export const RetentionList = Strict({ sites: Type.Array(RetentionView) });
export type RetentionList = Type.Static<typeof RetentionList>;
/** POST /api/retention */
export const RetentionSaid = Strict({ site: Id("site"), ...said });
export type RetentionSaid = Type.Static<typeof RetentionSaid>;
