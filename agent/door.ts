import type { DeviceSide } from "../channels/device.ts";
import type { Identity } from "../crypto/identity.ts";
import type { Leg } from "../link/carrier.ts";
import type { CertificateFile } from "../link/certificate-file.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import type { Log } from "../protocol/log.ts";
import type { ProofGate } from "./proof.ts";
import type { Admission } from "./verify.ts";

/** How clients come in: a browser or the command line. */
export interface Door {
  /** A client's first byte waits in the leg's stream. */
  accept(leg: Leg): void;
  /** Tells clients why, if it can without waiting. Their sockets are reset right after. */
  end(reason: EndReason): void;
}

/** What a door has of its agent. */
export interface DoorGround {
  readonly identity: Identity;
  /** For browsers on other machines; without it only those on this one are served. */
  readonly certificate: CertificateFile | undefined;
  readonly log: Log;
}

/** What a door has of the one session that it opens on. */
export interface Behind extends DeviceSide {
  readonly id: string;
  readonly admission: Admission;
  readonly gate: ProofGate;
  /** The workstation has proved itself. Throws `session-ended` if that was too late. */
  begin(): void;
  /** The native client's only link is over, so the session is: a proof is good once. */
  lost(): void;
}
