import { existsSync } from "node:fs";
import { join } from "node:path";
import { Check } from "typebox/value";
import { createIdentity, exportIdentity, type Identity, importIdentity } from "../crypto/identity.ts";
import type { Handlers } from "../link/control-link.ts";
import { agentMessages, agentOrders } from "../protocol/agent-control.ts";
import { MembershipFile } from "../protocol/agent-file.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Log } from "../protocol/log.ts";
import { Name } from "../protocol/schema.ts";
import { dialAuthority } from "./control.ts";
import { FileDraft, readTrusted } from "./durable-file.ts";

/** What joining left on this host: who this agent is, and by which keys it knows the others. */
export type Membership = Omit<MembershipFile, "privateKey"> & { readonly identity: Identity };

const file = "agent.json";

/** Throws `not-found` when this host has not joined, `bad-request` for a file that is not ours. */
export function readMembership(folder: string): Membership {
  const bytes = readTrusted(join(folder, file), "private");
  if (!bytes) throw new GenkanError("not-found", `${folder} has no ${file}: run "genkan-agent join" first.`);
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (!Check(MembershipFile, value)) throw new RangeError("it does not follow its schema");
    const { privateKey, ...rest } = value;
    return { ...rest, identity: importIdentity(privateKey) };
  } catch (cause) {
    throw new GenkanError("bad-request", `${join(folder, file)} is damaged.`, { cause });
  }
}

/** Whether a host has joined with this folder, whatever became of the file since. */
export const hasJoined = (folder: string): boolean => existsSync(join(folder, file));

export interface JoinOptions {
  readonly folder: string;
  readonly gateway: MembershipFile["gateway"];
  readonly authorityKey: string;
  readonly token: string;
  readonly name: string;
  readonly log: Log;
}

/**
 * Makes this agent's key, shows it to the authority with the one-time token, and keeps who it has become. Throws
 * `bad-request` for a name or token that can't be one, `state-conflict` when this folder has joined already,
 * `store-unavailable` when it takes no file, `join-refused`, or what {@link dialAuthority} throws.
 */
export async function joinSite(o: JoinOptions): Promise<Membership> {
  checkWords(o);
  const path = join(o.folder, file);
  if (hasJoined(o.folder)) throw new GenkanError("state-conflict", "This folder has joined already.");
  const identity = createIdentity();
  const known = {
    name: o.name,
    gateway: o.gateway,
    authorityKey: o.authorityKey,
    privateKey: exportIdentity(identity),
  };
  // The token is good once, so room for the answer comes first.
  const draft = new FileDraft(path, Buffer.byteLength(textOf(known)) + answerBytes);
  let answer: Pick<MembershipFile, "agent" | "site">;
  try {
    answer = await askToJoin(o, identity);
  } catch (error) {
    draft.discard();
    throw error;
  }
  draft.keep(textOf({ ...known, ...answer } satisfies MembershipFile));
  const { privateKey: _, ...membership } = known;
  return { ...membership, ...answer, identity };
}

/** What the answer adds at most: two ids, and a name of which each character may be escaped. */
const answerBytes = 256 + 6 * limits.nameCharacters;

const textOf = (kept: object) => `${JSON.stringify(kept, null, 2)}\n`;

function checkWords({ token, name }: JoinOptions): void {
  if (!Check(Name, name)) {
    throw new GenkanError("bad-request", `An agent's name has 1 to ${limits.nameCharacters} characters.`);
  }
  if (!Check(agentMessages.join.send, { token, name })) {
    throw new GenkanError("bad-request", "That is no join token: copy the whole command from the staff page.");
  }
}

async function askToJoin(o: JoinOptions, identity: Identity): Promise<Pick<MembershipFile, "agent" | "site">> {
  const { gateway, authorityKey, token, name, log } = o;
  const { link } = await dialAuthority({
    address: { host: gateway.host, port: gateway.port, authorityKey },
    identity,
    handlers: takesNoOrders,
    log,
  });
  try {
    return await link.request("join", { token, name });
  } finally {
    link.close();
  }
}

/** A host that has no id yet obeys nobody. */
const refuse = () => {
  throw new GenkanError("state-conflict");
};
const takesNoOrders = Object.fromEntries(Object.keys(agentOrders).map((type) => [type, refuse])) as unknown as Handlers<
  typeof agentOrders
>;
