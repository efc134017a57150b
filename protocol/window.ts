import Type from "typebox";
import { Instant, Strict } from "./schema.ts";

/** An explicit UTC interval; its end is exclusive. */
export const Window = Strict({ start: Instant, end: Instant });
export type Window = Type.Static<typeof Window>;

/** One or more, in order and apart from each other; never a recurrence. */
export const Windows = Type.Array(Window, { minItems: 1, maxItems: 32 });
