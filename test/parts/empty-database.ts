import { inject } from "vitest";
import { randomToken } from "../../crypto/random.ts";
import { askPostgres, databaseUrl } from "./postgres.ts";
import "./postgres-setup.ts";

/** The URL of an empty store on the project's server. */
export async function emptyDatabase(): Promise<string> {
  const server = inject("postgres");
  if (server === undefined) throw new Error("This project has no PostgreSQL server.");
  const name = `test_${Buffer.from(randomToken(8)).toString("hex")}`;
  const template = new URL(server.template).pathname.slice(1);
  await askPostgres(databaseUrl(server.folder, "postgres"), `create database ${name} template ${template}`);
  return databaseUrl(server.folder, name);
}
