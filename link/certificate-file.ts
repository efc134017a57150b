import { readFileSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { certificateEnd, certificateHasKey } from "../crypto/certificate.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { handshake } from "./handshake.ts";
import { resetNow } from "./reset.ts";
import { passClose } from "./tls-in-tls.ts";

export interface CertificatePaths {
  /** PEM: the certificate and its chain. */
  readonly cert: string;
  /** PEM: its private key. */
  readonly key: string;
}

/**
 * A certificate that browsers trust, from two files that somebody else renews. A change is taken up by itself; one that
 * does not fit (empty or half written, key of another certificate) is told in the log and the one before stays.
 */
export class CertificateFile {
  readonly #paths: CertificatePaths;
  readonly #log: ProgramLog;
  readonly #listeners: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  #seen = "";
  /** State of the last files that could not be read, so that each failure is logged once. */
  #unread = "";
  #pem: { cert: string; key: string };
  #context: SecureContext;

  /** Throws `bad-request` when the files do not make a certificate with its key. */
  constructor(paths: CertificatePaths, log: ProgramLog) {
    this.#paths = paths;
    this.#log = log;
    this.#seen = this.#stamp();
    this.#pem = this.#read();
    this.#context = contextOf(this.#pem, paths);
    this.#timer = setInterval(() => this.#look(), limits.certificateWatchMs).unref();
  }

  get pem(): { readonly cert: string; readonly key: string } {
    return this.#pem;
  }

  get context(): SecureContext {
    return this.#context;
  }

  /** When the certificate in use ends. */
  get end(): Date {
    return certificateEnd(this.#pem.cert);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #read(): { cert: string; key: string } {
    try {
      return { cert: readFileSync(this.#paths.cert, "utf8"), key: readFileSync(this.#paths.key, "utf8") };
    } catch (cause) {
      throw new GenkanError("bad-request", `The certificate ${this.#paths.cert} or its key can't be read.`, { cause });
    }
  }

  #stamp(): string {
    return `${stateOf(this.#paths.cert)} ${stateOf(this.#paths.key)}`;
  }

  #look(): void {
    const stamp = this.#stamp();
    if (stamp === this.#seen) return;
    let pem: { cert: string; key: string };
    try {
      pem = this.#read();
    } catch (error) {
      // The files are read again at the next look although they did not change: a failure such as having no free
      // descriptor passes by itself.
      if (stamp !== this.#unread) this.#tell(error);
      this.#unread = stamp;
      return;
    }
    this.#seen = stamp;
    this.#unread = "";
    try {
      this.#context = contextOf(pem, this.#paths);
      this.#pem = pem;
      this.#log.info({ event: "certificate.renewed", certificate: this.#paths.cert }, "a new certificate is in use");
      for (const listener of this.#listeners) listener();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    this.#log.error(
      { event: "certificate.unusable", error: String(error) },
      "a new certificate is not usable; the one before stays",
    );
  }
}

/** Another text whenever the file has changed. Never throws: that a file can't be looked at is a state too. */
function stateOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs}.${size}.${ino}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

function contextOf(pem: { cert: string; key: string }, paths: CertificatePaths): SecureContext {
  const unfit = `${paths.cert} and ${paths.key} are not a certificate and its key.`;
  try {
    if (certificateHasKey(pem.cert, pem.key)) return createSecureContext({ ...pem, minVersion: "TLSv1.3" });
  } catch (cause) {
    throw new GenkanError("bad-request", unfit, { cause });
  }
  throw new GenkanError("bad-request", unfit);
}

/**
 * Server side of TLS for browsers over a leg: HTTP/1.1 only, and only for the one server name that the leg is for.
 * Throws `name-unknown` for another name, `link-closed` without a handshake in time.
 */
export async function acceptBrowserTls(
  stream: Socket,
  o: { raw: Socket; certificate: CertificateFile; servername: string; timeoutMs: number },
): Promise<TLSSocket> {
  const tls = new TLSSocket(stream, {
    isServer: true,
    secureContext: o.certificate.context,
    // Over HTTP/2 a browser may send one session's request on another session's connection (A11).
    ALPNProtocols: ["http/1.1"],
    SNICallback: (_name, done) => done(null, o.certificate.context),
  });
  passClose(stream, tls);
  await handshake(tls, o.raw, "secure", o.timeoutMs);
  const asked = (tls as TLSSocket & { servername?: string | false }).servername;
  if (typeof asked !== "string" || asked.toLowerCase() !== o.servername) {
    resetNow(o.raw);
    throw new GenkanError("name-unknown");
  }
  return tls;
}
