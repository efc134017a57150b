import type { Channel } from "../channels/channel.ts";
import type { Entrance } from "../channels/entrance.ts";
import type { ProgramKey } from "../crypto/program-key.ts";
import type { Leg } from "../link/carrier.ts";
import type { CertificateFile } from "../link/certificate-file.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import type { ErrorCode } from "../protocol/error.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { Admission } from "./verify.ts";

/** How clients come in. A door proves who comes, by a browser's form or in the command line's link; a channel speaks. */
export interface Door {
  /** A client's first byte waits in the leg's stream. */
  accept(leg: Leg): void;
  /** Tells clients why, if it can without waiting. Their sockets are reset right after. */
  end(reason: EndReason): void;
}

/** What a door has of the agent, and of the one session that it opens on. */
export interface Doorway {
  readonly programKey: ProgramKey;
  /** For browsers on other machines; without it only those on this one are served. */
  readonly certificate: CertificateFile | undefined;
  readonly log: ProgramLog;
  readonly admission: Admission;
  /** The session's service, before which the door lets nobody pass that `entrance` refuses. */
  channel(entrance: Entrance): Channel;
  /** Lets the workstation in that proves itself first. Throws `proof-invalid`, or `session-ended` if that was too late. */
  prove(proof: string, binding: string): Promise<void>;
  /** Somebody was turned away. */
  refused(code: ErrorCode): void;
  /** The native client's only link is over, so the session is: a proof is good once. */
  lost(): void;
}
