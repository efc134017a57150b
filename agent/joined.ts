import { existsSync } from "node:fs";
import { join } from "node:path";
import { Check } from "typebox/value";
import { createProgramKey, exportProgramKey, importProgramKey, type ProgramKey } from "../crypto/program-key.ts";
import { createSealKey, exportSealKey, importSealKey, type SealKey } from "../crypto/seal-key.ts";
import { FileDraft, replaceFile } from "../files/durable-file.ts";
import type { Handlers } from "../link/control-link.ts";
import { agentMessages, agentOrders } from "../protocol/agent-control.ts";
import { AgentFile } from "../protocol/agent-file.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { Name } from "../protocol/schema.ts";
import { dialAuthority } from "./control.ts";
import { readTrusted } from "./trusted-file.ts";

/** What joining left on this host: who this agent is, and by which keys it knows the others. */
export type Joined = Omit<AgentFile, "privateKey" | "sealKey"> & {
  readonly programKey: ProgramKey;
  readonly sealKey: SealKey;
};

const file = "agent.json";

/** Throws `not-found` when this host has not joined, `bad-request` for a file that is not ours. */
export function readJoined(folder: string): Joined {
  const bytes = readTrusted(join(folder, file), "private");
  if (!bytes) throw new GenkanError("not-found", `${folder} has no ${file}: run "genkan-agent join" first.`);
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (!Check(AgentFile, value)) throw new RangeError("it does not follow its schema");
    const { privateKey, sealKey, ...rest } = value;
    return { ...rest, programKey: importProgramKey(privateKey), sealKey: importSealKey(sealKey) };
  } catch (cause) {
    throw new GenkanError("bad-request", `${join(folder, file)} is damaged.`, { cause });
  }
}

/** Whether a host has joined with this folder, whatever became of the file since. */
export const hasJoined = (folder: string): boolean => existsSync(join(folder, file));

export interface JoinOptions {
  readonly folder: string;
  readonly gateway: AgentFile["gateways"][number];
  readonly authorityKey: Pin;
  readonly token: string;
  readonly name: string;
  readonly log: ProgramLog;
}

/**
 * Makes this agent's keys, shows their public parts to the authority with the one-time token, and keeps who it has become. Throws
 * `bad-request` for a name or token that can't be one, `state-conflict` when this folder has joined already,
 * `store-unavailable` when it takes no file, `join-refused`, or what {@link dialAuthority} throws.
 */
export async function joinSite(o: JoinOptions): Promise<Joined> {
  checkWords(o);
  const path = join(o.folder, file);
  if (hasJoined(o.folder)) throw new GenkanError("state-conflict", "This folder has joined already.");
  const programKey = createProgramKey();
  const sealKey = createSealKey();
  const known = {
    name: o.name,
    gateways: [o.gateway],
    authorityKey: o.authorityKey,
    privateKey: exportProgramKey(programKey),
    sealKey: exportSealKey(sealKey),
  };
  // The token is good once, so room for the answer comes first.
  const draft = new FileDraft(path, Buffer.byteLength(textOf(known)) + answerBytes);
  let answer: Pick<AgentFile, "agent" | "site">;
  try {
    answer = await askToJoin(o, programKey, sealKey.publicKey);
  } catch (error) {
    draft.discard();
    throw error;
  }
  draft.keep(textOf({ ...known, ...answer } satisfies AgentFile));
  const { privateKey: _, sealKey: __, ...shown } = known;
  return { ...shown, ...answer, programKey, sealKey };
}

/** What the answer adds at most: two ids, and a name of which each character may be escaped. */
const answerBytes = 256 + 6 * limits.nameCharacters;

/**
 * Adds a gateway that this agent may dial, or says where the one of this key is now; a running agent takes it up when it is
 * started again. Throws what {@link readJoined} throws, and `too-many`.
 */
export function addGateway(folder: string, gateway: JoinOptions["gateway"]): Joined["gateways"] {
  const { programKey, sealKey, gateways, ...rest } = readJoined(folder);
  const others = gateways.filter(({ key }) => key !== gateway.key);
  const at = gateways.findIndex(({ key }) => key === gateway.key);
  const kept = at < 0 ? [...gateways, gateway] : others.toSpliced(at, 0, gateway);
  if (!Check(AgentFile.properties.gateways, kept)) throw new GenkanError("too-many", "An agent dials 8 gateways.");
  const secrets = { privateKey: exportProgramKey(programKey), sealKey: exportSealKey(sealKey) };
  replaceFile(join(folder, file), Buffer.from(textOf({ ...rest, gateways: kept, ...secrets } satisfies AgentFile)));
  return kept;
}

const textOf = (kept: object) => `${JSON.stringify(kept, null, 2)}\n`;

function checkWords({ token, name }: JoinOptions): void {
  if (!Check(Name, name)) {
    throw new GenkanError("bad-request", `An agent's name has 1 to ${limits.nameCharacters} characters.`);
  }
  if (!Check(agentMessages.join.send.properties.token, token)) {
    throw new GenkanError("bad-request", "That is no join token: copy the whole command from the staff page.");
  }
}

async function askToJoin(
  o: JoinOptions,
  programKey: ProgramKey,
  sealKey: string,
): Promise<Pick<AgentFile, "agent" | "site">> {
  const { gateway, authorityKey, token, name, log } = o;
  const { link } = await dialAuthority({
    address: { gateways: [gateway], authorityKey },
    programKey,
    handlers: takesNoOrders,
    log,
  });
  try {
    return await link.request("join", { token, name, sealKey });
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
