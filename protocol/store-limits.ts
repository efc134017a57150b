/** Bounds of the store, the bus beside it and the log in it. To be read as members of `limits` (`protocol/limits.ts`). */
export const storeLimits = {
  /** Connections of one authority to a store on a server: reads and writes take milliseconds, so few serve many. */
  storeConnections: 10,
  /** Calls that wait for one of them; beyond it the store is not keeping up. */
  storeWaiting: 1_024,
  /** A server beside the authority takes a connection at once, or it is away. */
  storeConnectMs: 3_000,
  /** The server gives up a statement, or its wait for another's row. */
  storeStatementMs: 3_000,
  /** The authority gives a silent server up: a renewal that waited in vain leaves time for one more in the same lease. */
  storeReplyMs: 4_000,
  /** A connection that nobody needs is closed. */
  storeIdleMs: 30_000,
  /** A process that stands still in the middle of a change loses it, and others can write, well within a lease. */
  storeStandstillMs: 5_000,
  /** A migration may rewrite a table. */
  migrationMs: 600_000,
  /** A change waits for those before it: each takes milliseconds, so a longer queue means a store in trouble. */
  storeTurnMs: 3_000,
  /** One change is tried this often when PostgreSQL could not keep it beside another one. */
  changeAttempts: 8,
  /** Wait before the second try: random, up to this, which doubles with each further one. */
  changeRetryMs: 4,
  /** A bus is reached at once, or it is away. */
  busConnectMs: 3_000,
  /** One hint on its way; a bus that is slower is dialled anew. */
  busReplyMs: 2_000,
  /** How often the line on which hints come in is tried. */
  busPingMs: 5_000,
  /** What a short command waits for its last hint. */
  busCloseMs: 1_000,
  /** One hint: every topic by name, and who says so. */
  busMessageBytes: 1_024,
  /** The sequencer looks for records of other processes this often. */
  sequencerMs: 1_000,
  /** Audit records that one checkpoint takes in. */
  checkpointRecords: 512,
  /** Rows of the log's index that are asked for at a time: some milliseconds, in which nobody else is served. */
  logRowsAtOnce: 500,
  /** Rows of the log's index that are looked at for one page; where that is not enough, the page says where to go on. */
  logRowsExamined: 20_000,
  /** One audit record: who, what, why and the facts; a request's whole plan fits ten times over. */
  auditBodyBytes: 65_536,
  /** A line of an export: the largest body with every character escaped, or the largest checkpoint. */
  auditLineBytes: 262_144,
  /** A checkpoint with 16 cosignatures of 5 kB each: what signed-note asks every verifier to take. */
  checkpointBytes: 131_072,
  /** Name of a log: the longest host name (253), and a path. */
  originCharacters: 320,
  /** Proof of one record: the longest line of an export in base64, a hash for each level of a tree, and a checkpoint. */
  auditProofBytes: 524_288,
} as const;
