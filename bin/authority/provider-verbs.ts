import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { host } from "../../authority/caller.ts";
import { addProvider, changeProvider, providerView, setProviderActive } from "../../authority/provider.ts";
import { type ClaimMapping } from "../../protocol/claim-mapping.ts";
import { GenkanError } from "../../protocol/error.ts";
import { readId } from "../../protocol/read-id.ts";
import { findProvider, listProviders } from "../../store/provider.ts";
import { type OpenOptions, openStore, readPrivate } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

interface Said {
  label?: string;
  clientId?: string;
  clientSecretFile?: string;
  mappingFile?: string;
  acr?: string[];
  amr?: string[];
  maxAge?: string;
}

/** Providers by which people sign in (OpenID Connect). */
export function addProviderVerbs<O extends OpenOptions & { json?: true }>(
  program: Command,
  verb: Verb,
  print: Print<O>,
): void {
  const provider = program.command("provider").description("providers that sign people in (OpenID Connect)");
  saying(
    verb(provider, "add", "let people sign in by a provider")
      .requiredOption("--issuer <url>", "the provider, as its tokens name it")
      .option("--staff", "it signs the hospitals' own people in, on the staff host")
      .option("--site <id>", "the same, and only people of this hospital")
      .option("--portal", "it signs vendors' people in, on the portal")
      .option("--vendor <id>", "the same, and only people of this vendor"),
  ).action(async (o: O & Said & { issuer: string } & Serves) => {
    if (o.label === undefined || o.clientId === undefined || o.clientSecretFile === undefined)
      throw new GenkanError("bad-request", "A new provider needs --label, --client-id and --client-secret-file.");
    const said = {
      issuer: o.issuer,
      ...served(o),
      label: o.label,
      clientId: o.clientId,
      secret: await secretOf(o.clientSecretFile),
      mapping: o.mappingFile === undefined ? [] : await mappingOf(o.mappingFile),
      twoFactors: { acr: o.acr ?? [], amr: o.amr ?? [] },
      maxAgeSeconds: o.maxAge === undefined ? null : secondsOf(o.maxAge),
    };
    const open = await openStore(o, null);
    print(o, { provider: await addProvider(open, said, new Date(), host), issuer: o.issuer, label: o.label });
    await open.store.close();
  });

  verb(provider, "list", "print the providers, never their secrets").action(async (o: O) => {
    const { store } = await openStore(o, null);
    for (const { id, mapping, twoFactors, ...one } of (await listProviders(store.db, host.scope)).map(providerView))
      print(o, {
        provider: id,
        ...one,
        ...(o.json
          ? { mapping, twoFactors }
          : { mapping: JSON.stringify(mapping), twoFactors: JSON.stringify(twoFactors) }),
      });
    await store.close();
  });

  saying(verb(provider, "change", "say a provider anew: what is not named stays"))
    .argument("<id>", "the provider's id")
    .action(async (text: string, o: O & Said) => {
      const id = readId("provider", text);
      const open = await openStore(o, null);
      const before = await findProvider(open.store.db, host.scope, id);
      if (!before) throw new GenkanError("not-found", "There is no such provider.");
      const said = {
        label: o.label ?? before.label,
        clientId: o.clientId ?? before.clientId,
        secret: o.clientSecretFile === undefined ? null : await secretOf(o.clientSecretFile),
        mapping: o.mappingFile === undefined ? before.mapping : await mappingOf(o.mappingFile),
        twoFactors: { acr: o.acr ?? before.twoFactors.acr, amr: o.amr ?? before.twoFactors.amr },
        maxAgeSeconds: o.maxAge === undefined ? before.maxAgeSeconds : secondsOf(o.maxAge),
      };
      await changeProvider(open, id, said, new Date(), host);
      print(o, { provider: id, label: said.label });
      await open.store.close();
    });

  for (const [name, active, description] of [
    ["disable", false, "let nobody sign in by a provider any more"],
    ["enable", true, "let people sign in by it again"],
  ] as const)
    verb(provider, name, description)
      .argument("<id>", "the provider's id")
      .action(async (text: string, o: O) => {
        const id = readId("provider", text);
        const { store } = await openStore(o, null);
        await setProviderActive(store, id, active, new Date(), host);
        print(o, { provider: id, active });
        await store.close();
      });
}

function saying(command: Command): Command {
  return command
    .option("--label <text>", "what stands on its button")
    .option("--client-id <id>", "Genkan's name there")
    .option("--client-secret-file <file>", "file with Genkan's secret there, that only its owner reads")
    .option(
      "--mapping-file <file>",
      'JSON: [{"claim":"groups","value":"me","site":"sit_…","vendor":null,"roles":["officer"]}]',
    )
    .option("--acr <value...>", "authentication contexts that prove two factors; asked of the provider")
    .option("--amr <value...>", "methods of which one proves two factors, such as mfa")
    .option("--max-age <seconds>", "how long ago somebody may have shown themselves there, or none");
}

interface Serves {
  staff?: true;
  portal?: true;
  site?: string;
  vendor?: string;
}

/** Throws `bad-request` unless exactly one is said. */
function served({ staff, portal, site, vendor }: Serves) {
  if ([staff, portal, site, vendor].filter((one) => one !== undefined).length !== 1)
    throw new GenkanError("bad-request", "Say whom it signs in: --staff, --site, --portal or --vendor.");
  return {
    face: staff || site !== undefined ? ("staff" as const) : ("portal" as const),
    site: site === undefined ? null : readId("site", site),
    vendor: vendor === undefined ? null : readId("vendor", vendor),
  };
}

const secretOf = async (file: string) => (await readPrivate(file, "client secret")).trim();

function secondsOf(text: string): number | null {
  if (text === "none") return null;
  if (!/^\d{1,6}$/.test(text)) throw new GenkanError("bad-request", `${text} is no number of seconds.`);
  return Number(text);
}

/** What it holds is asked where it is kept. */
async function mappingOf(file: string): Promise<ClaimMapping> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as ClaimMapping;
  } catch (cause) {
    throw new GenkanError("bad-request", `The mapping is no JSON that can be read: ${file}`, { cause });
  }
}
