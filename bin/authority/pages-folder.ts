import { join } from "node:path";
import { packed, pagesName } from "../packed.ts";

/** The built pages: of the installed program, or of this checkout. */
export const pagesFolder = (): string => packed(pagesName) ?? join(import.meta.dirname, "../../dist/web");
