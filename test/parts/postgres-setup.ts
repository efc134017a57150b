import type { TestProject } from "vitest/node";
import { Secret } from "../../crypto/secret.ts";
import { openPostgres } from "../../store/database.ts";
import { Postgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where empty stores are copied from, for tests that run on PostgreSQL. */
    postgres?: { folder: string; template: string };
  }
}

/** One server for all files of a project; each of their worlds has a database of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await Postgres.start();
  const template = await postgres.database();
  await (await openPostgres(new Secret(template))).destroy();
  project.provide("postgres", { folder: postgres.folder, template });
  return () => postgres.remove();
}
