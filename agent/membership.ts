import { join } from "node:path";
import { Check } from "typebox/value";
import { createIdentity, exportIdentity, type Identity, importIdentity } from "../crypto/identity.ts";
import type { Handlers } from "../link/control-link.ts";
import { agentOrders } from "../protocol/agent-control.ts";
import { MembershipFile } from "../protocol/agent-file.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Log } from "../protocol/log.ts";
import { dialAuthority } from "./control.ts";
import { readWhole, replaceFile } from "./durable-file.ts";

/** What joining left on this host: who this agent is, and by which keys it knows the others. */
export type Membership = Omit<MembershipFile, "privateKey"> & { readonly identity: Identity };

const file = "agent.json";

/** Throws `not-found` when this host has not joined, `bad-request` for a file that is not ours. */
export function readMembership(folder: string): Membership {
  const bytes = readWhole(join(folder, file));
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
 * `state-conflict` when this folder has joined already, `join-refused`, or what {@link dialAuthority} throws.
 */
export async function joinSite(o: JoinOptions): Promise<Membership> {
  if (readWhole(join(o.folder, file))) throw new GenkanError("state-conflict", "This folder has joined already.");
  const identity = createIdentity();
  const { gateway, authorityKey, name, log } = o;
  const { link } = await dialAuthority({
    address: { host: gateway.host, port: gateway.port, authorityKey },
    identity,
    handlers: takesNoOrders,
    log,
  });
  try {
    const { agent, site } = await link.request("join", { token: o.token, name });
    const membership = { agent, name, site, gateway, authorityKey };
    const kept: MembershipFile = { ...membership, privateKey: exportIdentity(identity) };
    replaceFile(join(o.folder, file), `${JSON.stringify(kept, null, 2)}\n`);
    return { ...membership, identity };
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
