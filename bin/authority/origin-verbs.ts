import type { Command } from "commander";
import { host } from "../../authority/caller.ts";
import { type Hosts, readHosts } from "../../authority/hosts.ts";
import { changeOrigins, foreseeOrigins, type OriginChange } from "../../authority/origins.ts";
import { GenkanError } from "../../protocol/error.ts";
import { parsePort } from "../address.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

interface Asked {
  readonly json?: true;
  readonly portalOrigin?: string;
  readonly staffOrigin?: string;
  readonly accessDomain?: string;
  readonly accessPort?: string;
  readonly confirm?: string;
}

/** Under which names the installation lives. On the authority's host alone: whoever took a page over could lead everybody elsewhere. */
export function addOriginVerbs<O extends OpenOptions & Asked>(program: Command, verb: Verb, print: Print<O>): void {
  const origins = program
    .command("origins")
    .description("names under which portal, staff host and devices' pages live");
  verb(origins, "show", "print them").action(async (o: O) => {
    const { store } = await openStore(o, null);
    print(o, { ...(await known(store.db)) });
    await store.close();
  });

  verb(origins, "set", "say what other names would do to passkeys and approvals; with --confirm do it")
    .option("--portal-origin <origin>", "origin of the technicians' portal")
    .option("--staff-origin <origin>", "origin of the hospital's own pages")
    .option("--access-domain <name>", "domain below which each browser session gets a name")
    .option("--access-port <port>", "port of the gateway; 443 for its own")
    .option("--confirm <word>", "the word that was said of this very change")
    .action(async (o: O) => {
      const { store } = await openStore(o, null);
      const asked = namesIn(o, await known(store.db));
      const { confirm } = o;
      const told =
        confirm === undefined
          ? await foreseeOrigins(store, asked)
          : await changeOrigins(store, asked, confirm, new Date(), host);
      tell(o, told, print);
      await store.close();
    });
}

async function known(db: Parameters<typeof readHosts>[0]): Promise<Hosts> {
  const hosts = await readHosts(db);
  if (!hosts) throw new GenkanError("bad-request", "Run genkan-authority init first.");
  return hosts;
}

/** What is left out stays. */
function namesIn(o: Asked, before: Hosts): Hosts {
  return {
    portal: o.portalOrigin ?? before.portal,
    staff: o.staffOrigin ?? before.staff,
    accessDomain: o.accessDomain ?? before.accessDomain,
    accessPort: o.accessPort === undefined ? before.accessPort : portOf(o.accessPort),
  };
}

function portOf(text: string): number | null {
  const port = parsePort(text);
  if (!port) throw new GenkanError("bad-request", `${text} is not a port.`);
  return port === 443 ? null : port;
}

function tell<O extends Asked>(o: O, { confirm, before, after, ...effect }: OriginChange, print: Print<O>): void {
  const done = o.confirm !== undefined;
  if (o.json) return print(o, { done, before, after, ...effect, ...(done ? {} : { confirm }) });
  const { lost, kept, listsAnew } = effect;
  const be = done ? "were" : "will be";
  for (const name of ["portal", "staff", "accessDomain", "accessPort"] as const)
    if (before[name] !== after[name])
      process.stdout.write(`${name}: ${String(before[name])} -> ${String(after[name])}\n`);
  const lines = [
    `All people ${be} signed out.`,
    lost > 0
      ? `${lost} passkeys ${be} made worthless and removed, for a browser offers a passkey under its own host's name alone. Give each person a new link: genkan-authority enrolment LOGIN, administrators and approvers first.`
      : `No passkey is lost; ${kept} stay.`,
    listsAnew
      ? `The sites' lists of approvers ${be} made anew. Nobody can approve, and what was approved ends, until they were accepted on each agent's host: genkan-agent trust add.`
      : "Lists of approvers stay as they are.",
    "Certificates and DNS must have the new names; then restart genkan-authority. Command lines sign in anew.",
    ...(done ? [] : [`Nothing has been changed yet. To do it, run this again with --confirm ${confirm}`]),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
