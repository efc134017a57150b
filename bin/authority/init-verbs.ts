import type { Command } from "commander";
import { makeFirstCode } from "../../authority/first-run.ts";
import { checkHosts, readHosts, writeHosts } from "../../authority/hosts.ts";
import { fingerprint } from "../../crypto/thumbprint.ts";
import { GenkanError } from "../../protocol/error.ts";
import { parsePort } from "../address.ts";
import { type OpenOptions, openStore } from "./open.ts";
import { addSample, hasSample } from "./sample.ts";
import type { Print, Verb } from "./verb.ts";

interface InitOptions {
  readonly portalOrigin: string;
  readonly staffOrigin: string;
  readonly accessDomain: string;
  readonly accessPort?: string;
  readonly sample?: true;
}

/** Making an installation, and its first administrator. */
export function addInitVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  verb(program, "init", "make the store and its keys, and a code for the first administrator; or say what they are")
    .requiredOption("--portal-origin <origin>", "origin of the technicians' portal")
    .requiredOption("--staff-origin <origin>", "origin of the hospital's own pages")
    .requiredOption("--access-domain <name>", "domain below which each browser session gets a name")
    .option("--access-port <port>", "port of the gateway where it is not 443")
    .option("--sample", "for a trial: a sample hospital and its people, in an empty store alone")
    .action(async (o: O & InitOptions) => {
      const asked = checkHosts({
        portal: o.portalOrigin,
        staff: o.staffOrigin,
        accessDomain: o.accessDomain,
        accessPort: o.accessPort === undefined ? null : parseAccessPort(o.accessPort),
      });
      const { store, keys } = await openStore(o, { host: new URL(asked.portal).hostname });
      const known = await readHosts(store.db);
      if (known && JSON.stringify(known) !== JSON.stringify(asked))
        throw new GenkanError(
          "state-conflict",
          `This store has other hosts (${known.portal}, ${known.staff}); passkeys are bound to them. Other names: genkan-authority origins set.`,
        );
      const there = o.sample === true && (await hasSample(store.db));
      if (!known) await writeHosts(store.db, asked);
      if (o.sample && !there) await addSample(store);
      const first = known || o.sample ? null : await makeFirstCode(store, new Date());
      print(o, {
        fingerprint: fingerprint(keys.programKey.pin),
        logKey: keys.log.verifierKey,
        existed: known !== null,
        ...(first ? { staff: asked.staff, firstCode: first.code, firstCodeUntil: first.expiresAt } : {}),
      });
      await store.close();
    });

  verb(program, "fingerprint", "print the fingerprint of the authority's key, which gateways and agents pin").action(
    async (o: O & { json?: true }) => {
      const { store, keys } = await openStore(o, null);
      const facts = { fingerprint: fingerprint(keys.programKey.pin) };
      process.stdout.write(`${o.json ? JSON.stringify(facts) : facts.fingerprint}\n`);
      await store.close();
    },
  );

  verb(program, "first-code", "make another code for the first administrator, while there is none").action(
    async (o: O) => {
      const { store } = await openStore(o, null);
      const hosts = await readHosts(store.db);
      if (!hosts) throw new GenkanError("bad-request", "Run genkan-authority init first.");
      const first = await makeFirstCode(store, new Date());
      // Somebody administers it already, and adds others on the page.
      if (first) print(o, { staff: hosts.staff, firstCode: first.code, firstCodeUntil: first.expiresAt });
      else print(o, { staff: hosts.staff, administered: true });
      await store.close();
    },
  );
}

function parseAccessPort(text: string): number {
  const port = parsePort(text);
  if (!port) throw new GenkanError("bad-request", `${text} is not a port.`);
  return port;
}
