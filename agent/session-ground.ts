import type { ProgramKey } from "../crypto/program-key.ts";
import type { Carrier } from "../link/carrier.ts";
import type { CertificateFile } from "../link/certificate-file.ts";
import type { Pin } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { ControlClient } from "./control.ts";
import type { DeviceCertificates } from "./device-certificates.ts";
import type { Emit } from "./event.ts";
import type { Journal } from "./journal.ts";

/** What a session has of its agent. */
export interface SessionGround {
  readonly programKey: ProgramKey;
  /** Of the access hosts. */
  readonly certificate: CertificateFile | undefined;
  readonly log: ProgramLog;
  /** How legs are dialled to the gateway of this key. */
  carrierTo(gateway: Pin): Carrier;
  readonly control: ControlClient;
  readonly allowList: { permits(address: string, port: number): boolean };
  readonly journal: Journal;
  readonly certificates: DeviceCertificates;
  /** PEM of the authorities that may vouch for a device's certificate. */
  readonly roots: readonly string[];
  readonly emit: Emit;
  readonly now: () => Date;
  /** Milliseconds until this session's lease lapses. */
  leaseLeftMs(session: Id<"session">): number;
  /** The session of this id serves nothing any more. */
  onEnded(session: Id<"session">): void;
  /** The authority knows that, and has its recording. */
  onReported(session: Id<"session">): void;
}
