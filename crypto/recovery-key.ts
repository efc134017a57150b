import { Readable } from "node:stream";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { GenkanError } from "../protocol/error.ts";
import { revealSecret, Secret } from "./secret.ts";

/**
 * The key to backups: age's X25519 identity (age-encryption.org/v1), so that any age program opens a backup in ten years too.
 * The recipient is public and is all that a backup needs; the private part is kept where no authority runs.
 */
export interface RecoveryKey {
  readonly recipient: string;
  readonly identity: Secret;
}

export async function makeRecoveryKey(): Promise<RecoveryKey> {
  const identity = await generateX25519Identity();
  return { recipient: await identityToRecipient(identity), identity: new Secret(identity) };
}

/** The identity in the text of a key file as age writes it, where lines with # are remarks. Throws `bad-request`. */
export function parseRecoveryKey(text: string): Secret {
  const lines = text.split("\n").map((line) => line.trim());
  const [identity, ...more] = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (identity === undefined || more.length > 0 || !/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/.test(identity))
    throw new GenkanError("bad-request", "The file holds no recovery key (AGE-SECRET-KEY-1…).");
  return new Secret(identity);
}

/** Encrypts a stream to a recipient (`age1…`). Throws `bad-request` for what is none. */
export async function encryptTo(recipient: string, plain: Readable): Promise<Readable> {
  const encrypter = new Encrypter();
  try {
    if (!/^age1[0-9a-z]{58}$/.test(recipient)) throw new RangeError("not a recipient");
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new GenkanError("bad-request", `${recipient} is no recipient of a recovery key (age1…).`, { cause });
  }
  return fromWeb(await encrypter.encrypt(toWeb(plain)));
}

/**
 * Decrypts what {@link encryptTo} wrote. Each piece is authenticated before it comes out, and the end of the file as well. Throws
 * `backup-refused`, at once for another key or no backup at all, in the stream for a file that was changed or cut.
 */
export async function decryptWith(identity: Secret, sealed: Readable): Promise<Readable> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(revealSecret(identity));
  try {
    return fromWeb(await decrypter.decrypt(toWeb(sealed)));
  } catch (cause) {
    const other = /no identity matched/.test(String(cause));
    const detail = other ? "It is encrypted to another recovery key." : "It is no backup, or its head was changed.";
    throw new GenkanError("backup-refused", detail, { cause });
  }
}

// Two names of one type: of the web, which age takes, and of Node.
const toWeb = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>;
const fromWeb = (stream: ReadableStream<Uint8Array>) =>
  Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
