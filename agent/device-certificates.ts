import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Check } from "typebox/value";
import { fingerprint } from "../crypto/thumbprint.ts";
import { replaceFile } from "../files/durable-file.ts";
import { DeviceCertificateFile } from "../protocol/agent-file.ts";
import type { Hash } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { Id } from "../protocol/id.ts";
import type { CertificateSeen } from "../protocol/recording.ts";
import { readTrusted } from "./trusted-file.ts";

const serviceId = Id("service");

const folderName = "certificates";

/** A service of a device, as people on this host know it. */
export interface CertificateOwner {
  readonly service: Id<"service">;
  /** `device, service, address:port`. */
  readonly name: string;
}

/**
 * The certificate of each device service that speaks TLS: the first one that is shown is accepted, and from then on no other
 * until a person on this host accepts it. One file for each service. They are read anew each time, for a person may have
 * changed them.
 */
export class DeviceCertificates {
  readonly #folder: string;
  readonly #now: () => Date;

  /** `folder` is the agent's data folder. */
  constructor(folder: string, now: () => Date) {
    this.#folder = join(folder, folderName);
    this.#now = now;
  }

  /**
   * What a certificate that a device shows is to this host: `first`, now accepted; `known`; `accepted` by a person and seen
   * for the first time since; or `changed`, which waits for a person from now on. Throws `bad-request` for a file that is
   * damaged or that others may write, `store-unavailable` when it can't be written: then nothing is accepted.
   */
  judge(owner: CertificateOwner, certificate: Hash): CertificateSeen | "known" {
    const before = this.#read(owner.service);
    const now = this.#now().toISOString();
    if (!before) {
      this.#write({ ...owner, accepted: { certificate, at: now, by: "first-use", told: true }, waiting: null });
      return "first";
    }
    if (before.accepted.certificate === certificate) {
      if (before.accepted.told) return "known";
      this.#write({ ...before, accepted: { ...before.accepted, told: true } });
      return "accepted";
    }
    this.#write({ ...before, waiting: { certificate, at: now } });
    return "changed";
  }

  /** All of them, for a person. Throws as {@link judge} does. */
  list(): DeviceCertificateFile[] {
    return servicesIn(this.#folder).flatMap((service) => this.#read(service) ?? []);
  }

  /** Throws `not-found` if no certificate waits for this service, `state-conflict` if it is another one. */
  requireWaiting(service: string, certificate: Hash): DeviceCertificateFile {
    const before = Check(serviceId, service) ? this.#read(service) : undefined;
    if (!before?.waiting) throw new GenkanError("not-found", "No certificate of this service waits to be accepted.");
    if (before.waiting.certificate !== certificate) {
      const waits = fingerprint(before.waiting.certificate);
      throw new GenkanError("state-conflict", `The one that waits has the fingerprint ${waits}.`);
    }
    return before;
  }

  /**
   * A person on this host has compared the fingerprint with the device's own and accepts the certificate that waits. Throws
   * as {@link requireWaiting} does.
   */
  accept(service: string, certificate: Hash): DeviceCertificateFile {
    const before = this.requireWaiting(service, certificate);
    const at = this.#now().toISOString();
    const after = { ...before, accepted: { certificate, at, by: "host", told: false }, waiting: null } as const;
    this.#write(after);
    return after;
  }

  #read(service: Id<"service">): DeviceCertificateFile | undefined {
    const path = this.#path(service);
    const bytes = readTrusted(path, "own");
    if (!bytes) return undefined;
    try {
      const value: unknown = JSON.parse(bytes.toString("utf8"));
      if (Check(DeviceCertificateFile, value) && value.service === service) return value;
    } catch {
      // Said below.
    }
    throw new GenkanError(
      "bad-request",
      `${path} is damaged: restore it, or remove it to accept what the device shows next.`,
    );
  }

  #write(file: DeviceCertificateFile): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    replaceFile(this.#path(file.service), `${JSON.stringify(file, null, 2)}\n`);
  }

  #path(service: Id<"service">): string {
    return join(this.#folder, `${service}.json`);
  }
}

function servicesIn(folder: string): Id<"service">[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => name.slice(0, -".json".length)).filter((name) => Check(serviceId, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
