import { Id } from "../protocol/id.ts";
import type { IdKind } from "../protocol/make-id.ts";
import { Strict } from "../protocol/schema.ts";

/** Parameters of a route that names one thing in its path, `/:id`. */
export const PathId = <K extends IdKind>(kind: K) => Strict({ id: Id(kind) });
