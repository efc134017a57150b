import Type from "typebox";
import { OneOf, Strict } from "../schema.ts";
import { topics } from "../topic.ts";

/** Messages of the live-event WebSocket, GET /api/events: a page asks again for what they name. */
export const LiveEvent = Strict({ topics: Type.Array(OneOf(topics)) });
export type LiveEvent = Type.Static<typeof LiveEvent>;
