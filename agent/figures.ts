/** What whoever runs it may count: no session, no device, no person. */
export interface AgentFigures {
  readonly connected: boolean;
  readonly sessions: number;
  /** Recordings of an earlier run that the authority has not taken yet. */
  readonly recordingsWaiting: number;
  readonly spoolBytes: number;
  /** Whether its journal can be written, with room for a recording. */
  readonly roomy: boolean;
  /** Whether it has a list of approvers. */
  readonly trusted: boolean;
  /** Targets that it may dial; null while the list can't be used. */
  readonly targets: number | null;
  /** By how much the authority's clock was ahead when it last said hello; null before that. */
  readonly clockOffsetMs: number | null;
}
