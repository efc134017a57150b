import { accountLimits } from "./account-limits.ts";
import { providerLimits } from "./provider-limits.ts";
import { registerLimits } from "./register-limits.ts";
import { setupLimits } from "./setup-limits.ts";
import { storeLimits } from "./store-limits.ts";
import { vendorLimits } from "./vendor-limits.ts";
import { watchLimits } from "./watch-limits.ts";

/**
 * Every bound of the system, with its unit in the name and its reason beside it; those of store, bus and log, of setting up, and of what
 * is a person's own, stand in files of their own. `docs/limits.md` repeats this table and a test holds the two together.
 */
export const limits = {
  /** A session outlives its authority by this much at most. */
  leaseMs: 15_000,
  /** Three tries fit into one lease. */
  leaseRenewMs: 5_000,
  /** A ticket is used at once; a slow mobile link fits. */
  ticketNonceMs: 60_000,
  /** Nonces that an agent holds unanswered: a flood of admissions can't grow its memory. */
  ticketNonces: 1_024,
  /** Hospital clocks drift by seconds; minutes mean that something is wrong. */
  clockSkewMs: 120_000,
  /** Before the end of a window a technician is warned, so that a firmware write is not cut by surprise (D37). */
  windowWarningsMs: [900_000, 300_000, 60_000],
  /** A working shift; longer maintenance is asked for again. */
  windowLongestMs: 28_800_000,
  /** A request may be made this long ahead. */
  windowAheadMs: 7_776_000_000,
  /** A frozen socket does not notice that its peer has gone. */
  freezeMs: 600_000,
  /** Person away from the desk. */
  signInIdleMs: 1_800_000,
  /** The staff pages can cut and approve, so they close earlier. */
  staffIdleMs: 900_000,
  /** Idle time is written down in steps of this. */
  idleStepMs: 15_000,
  /** A working day. */
  signInAbsoluteMs: 43_200_000,
  /** A passkey is made anew, or its owner confirmed, after two years. */
  authenticatorMs: 63_072_000_000,
  /** An enrolment link is handed over by hand. */
  enrolmentMs: 604_800_000,
  /** The join command is typed by somebody who stands at the host. */
  joinTokenMs: 3_600_000,
  /** One WebAuthn ceremony: find the phone, unlock it. */
  ceremonyMs: 300_000,
  /** Device flow (RFC 8628): from the code on the terminal to the click in the browser. */
  deviceCodeMs: 600_000,
  /** RFC 8628 polling interval. */
  deviceCodePollMs: 1_000,
  /** A DPoP proof (RFC 9449) is accepted this long after its `iat`. */
  dpopMs: 60_000,
  /** Sign-in failures of one account and address before each further try waits; never a lock-out of the account. */
  signInFailures: 10,
  signInFailuresWindowMs: 300_000,
  /** The same of one address over all accounts, in the same time: a hospital's people come from one. */
  signInFailuresPerAddress: 100,
  /** The same of one account over all networks from which its owner has not come before: its own are not counted. */
  signInFailuresPerAccount: 50,
  /** So long a network from which somebody signed in by password stays theirs. */
  knownNetworkMs: 7_776_000_000,
  /** A password is tried with 128 MiB of scrypt: so many at once, and so many wait, in all and for one address. */
  passwordTries: 2,
  passwordTriesWaiting: 32,
  passwordTriesPerAddress: 4,
  /** Sign-ins that one address may begin within the life of a ceremony: each is a row, and anybody may begin one. */
  ceremoniesPerAddress: 120,
  /** The same for codes of the device flow within a code's life, and for asking after them within that of a proof. */
  deviceCodesPerAddress: 60,
  tokenPollsPerAddress: 600,
  /** Refusals of strangers that the log takes one by one in this time, in all and for one address; the rest is counted. */
  refusalsLogged: 600,
  refusalsLoggedPerAddress: 60,
  /** The same of somebody who is signed in: enough to see what they tried. */
  refusalsLoggedPerPerson: 60,
  refusalsLoggedMs: 60_000,
  /**
   * New workstations of one person in this time: who clears the browser every working day fits, a thief's row of computers
   * does not, also if they are removed again. Not of all time: a technician would be shut out for good.
   */
  workstationsPerPerson: 32,
  workstationsPerPersonMs: 2_592_000_000,
  /** What one person may have written into the log in a day, as it is kept for good: a hundred of the longest requests. */
  logBytesPerPerson: 4_194_304,
  reasonCharacters: 500,
  planCharacters: 4_000,
  nameCharacters: 120,
  /** What a provider calls somebody: as long as OpenID Connect lets it be. */
  subjectCharacters: 255,
  /** An address of a page or server, as browsers take them without question. */
  uriCharacters: 2_048,
  /** A code, token, key or id that a program hands on and nobody reads. */
  tokenCharacters: 512,
  /** A sentence that a program says of a failure. */
  sentenceCharacters: 2_048,
  /** Certificates in PEM that a command line trusts: a whole bundle of authorities. */
  trustedPemCharacters: 1_048_576,
  /** Keys that one request names: that of the browser, and of the newest terminals that were confirmed on it. */
  requestKeys: 8,
  /** Approved grants of a person among which a key is looked for: it only matters whether there is any. */
  keyApprovalsCounted: 50,
  /** A signed request: the longest plan in four-byte characters, and 32 windows, fit. */
  requestCharacters: 49_152,
  /** Open requests of one person: an approver's page stays readable. */
  openRequestsPerPerson: 20,
  /** Requests, grants or sessions that are over, in one list: the newest. What is still open is never left out. */
  listedPast: 200,
  /** Live sessions of one grant: a browser and a native tool, with reserve. */
  sessionsPerGrant: 8,
  passwordCharacters: 12,
  passwordCharactersMax: 256,
  bodyBytes: 65_536,
  /** What the command line waits for one answer of the API, and how large that may be (a list of everything). */
  apiReplyMs: 30_000,
  apiReplyBytes: 4_194_304,
  /** After a link broke, the command line asks this long why: the authority hears of it a moment later. */
  endReasonMs: 3_000,
  /** A ClientHello with X25519MLKEM768 is about 1,600 bytes; nothing honest needs more than this. */
  peekBytes: 16_384,
  /** The same of plain HTTP on one machine: who serves the name answers for a head that is too long, so it must get there. */
  peekHeadBytes: 65_536,
  peekMs: 5_000,
  /** Records of one ClientHello: those who split theirs make ten of it. Each is looked at again with every segment. */
  helloRecords: 64,
  /** A connection to a route waits this long for a leg from the inside. */
  legWaitMs: 5_000,
  /** Legs that stand ready for one session: a page takes up to six connections and one for each WebSocket. */
  legsWarm: 4,
  /** The command line takes one connection; the one that stands by is for a client whose first was taken by a stranger. */
  legsWarmNative: 1,
  /** Tokens that an agent holds for one session; it asks for more below half. */
  legTokens: 16,
  /** Legs that the authority keeps ready for its own names. */
  authorityLegsWarm: 8,
  authorityLegTokens: 64,
  /** Legs that may stand ready at one name, whoever dials them. */
  legsIdle: 64,
  /** Connections of one session at the same time. */
  connectionsPerSession: 64,
  /** Connections at one of the authority's own names at the same time, in all and from one address. */
  connectionsPerAuthorityRoute: 4_096,
  connectionsPerAddress: 256,
  /** Tokens that wait for their leg at one route: a full batch, and the next one ordered early. */
  tokensPerRoute: 256,
  /** Names that one gateway routes. */
  routes: 4_096,
  /** Links at the agents' name that have not said who they are, in all and from one address. */
  unknownAgents: 256,
  unknownAgentsPerAddress: 64,
  /** Connections that have not been routed yet, in all and from one address (a hospital comes from one). */
  unrouted: 2_048,
  unroutedPerAddress: 512,
  /** Connections that nobody vouches for, which one address may begin in this time: a handshake costs the gateway CPU. */
  arrivalsPerAddress: 1_024,
  arrivalsMs: 10_000,
  /** Addresses whose arrivals are counted at the same time; beyond it counting begins anew. */
  networksKept: 65_536,
  /** A client whose leg has ended in order has this long to take the rest and go: then nobody listens to it. */
  lingerMs: 60_000,
  /** Ended sessions that a gateway keeps until an authority has heard of them. */
  endedKept: 4_096,
  /** One control message: a grant with its approvals fits many times over. */
  controlBytes: 262_144,
  controlReplyMs: 10_000,
  controlPingMs: 5_000,
  /** Two missed pings and the link is dead. */
  controlSilenceMs: 12_000,
  /** Messages without a reply, each way; beyond it the other side is not keeping up. */
  controlPending: 1_024,
  /** Answers that wait for a peer that does not read: twice what an honest one can be waiting for. */
  controlAnswers: 2_048,
  /** Bytes that wait for it: eight of the largest messages, and own requests leave half of it to answers. */
  controlQueueBytes: 2_097_152,
  /** Replies that are on their way out get this long when a link closes. */
  controlCloseMs: 1_000,
  /** TCP and TLS of a link between parts: a slow mobile line fits. */
  handshakeMs: 10_000,
  /** The one HTTP request or answer that turns a link into a leg or control link; its fields are few and short. */
  upgradeHeadBytes: 2_048,
  /** A path that died without a word is noticed about ten seconds after this. */
  tcpKeepAliveMs: 15_000,
  /** Both sides of a link dial again with a doubling wait up to this. */
  redialMs: 5_000,
  redialFirstMs: 200,
  frameBytes: 32_768,
  /** Credit of a stream before it is measured, and its bounds (a fixed 1 MiB added 80 ms to an echo on a slow line). */
  windowFirstBytes: 262_144,
  windowMaxBytes: 4_194_304,
  /** What the windows of one link's streams may grow by together: eight bulk copies at once. */
  linkWindowBytes: 31_457_280,
  /** Frames that wait for a peer that does not read: data stays far below it, only a flood of answers reaches it. */
  linkQueueBytes: 262_144,
  /** Payloads of the link's own frames: a JWS of `protocol/schema.ts`, a small JSON object, a code or reason. */
  proofBytes: 8_192,
  readyBytes: 256,
  codeBytes: 64,
  /** The technician's tool opens a port for this many TCP connections at once. */
  streamsPerLink: 64,
  /** After TLS the client proves itself within this, or is cut. */
  proofMs: 10_000,
  deviceDialMs: 10_000,
  /** From a session's admission to the workstation's proof: page and tool prove at once, a slow mobile link fits. */
  unprovenMs: 60_000,
  /** Legs that break may have been cut by the gateway for a reason that the authority's own message still brings. */
  legsLostMs: 1_000,
  /** Sessions of one agent: as many as its first message and a lease can name. */
  sessionsPerAgent: 4_096,
  /** An agent tells its clock, recorder and list of approvers at least this often. */
  agentStatusMs: 10_000,
  /** A changed allow-list or accepted list of approvers is noticed by a running agent within this. */
  fileWatchMs: 500,
  /** Files of an agent: an allow-list of thousands of ports, or the largest list of approvers, fits. */
  agentFileBytes: 1_048_576,
  /** Request head of a device page: as much as browsers' users meet elsewhere; devices' cookies take up to 4 KiB each. */
  httpHeadBytes: 32_768,
  /** Head of a device's answer: what Chromium takes. */
  deviceHeadBytes: 262_144,
  /** A line between a device's chunks: what Chromium takes. */
  chunkLineBytes: 16_384,
  /** A body that a device may not expect waits this long for an answer: without one the device is reading. */
  bodyHoldMs: 500,
  /** A browser that is told that its request is too long has this long to send the rest of it and read the page. */
  pageLingerMs: 1_000,
  /** A browser's connections that have not shown the session's cookie; the oldest leaves for one more. */
  strangersPerSession: 16,
  /** A slow head holds a leg; a browser sends its own in one piece. */
  httpHeadMs: 10_000,
  /** A browser's idle connection: dialling a leg again costs more than keeping one. */
  httpIdleMs: 60_000,
  /** Requests of one connection that wait for their answer: browsers send no second one before the first is answered. */
  pipelinedRequests: 16,
  /** Answers of one caller that were made and not read: a few of the longest lists. Beyond it the connection ends. */
  unreadAnswerBytes: 8_388_608,
  /** A reader who takes no byte for so long has gone, or wants the memory. */
  answerStallMs: 30_000,
  /** Until a device's page begins to answer: reports that an old device computes take minutes. */
  deviceReplyMs: 300_000,
  /** The form with the workstation's proof. */
  enterFormBytes: 16_384,
  /** A screen that is watched is asked for anew this often. */
  statusMs: 5_000,
  /** A shell completes a word meanwhile: a person who waits longer has typed it. */
  completionMs: 1_500,
  /** A link that owes an answer for so long may be frozen: the command line asks the authority, this often. */
  freezeAskedMs: 2_000,
  /** Names that the command line lists when one was not understood: as many as somebody reads. */
  namesListed: 20,
  /** The command line says why a connection was refused, and for so long not again: a tool that tries on floods no terminal. */
  refusalSaidMs: 10_000,
  /** Refusals of one session that are recorded one by one: a stranger who knows its name can't fill the recording. */
  recordRefusals: 100,
  /** Entries of a recording that wait for the control link; beyond it the session ends, for recording is fail-closed. */
  recordEntriesPending: 10_000,
  recordPathCharacters: 2_048,
  /** Entries of a recording in one answer: some 2 MB with the longest paths. */
  recordPageEntries: 1_000,
  /** One session's rows on the agent's disk, until the authority has them: a working shift at ten requests a second. */
  recordSpoolBytes: 134_217_728,
  /**
   * Rows of one session that the authority keeps: more than an honest agent's own spool holds. Who has an
   * agent's key could fill the store otherwise, by sessions that are over too.
   */
  recordRows: 1_000_000,
  /** Bytes of those rows. */
  recordBytes: 134_217_728,
  /** An agent that was away hands in what it kept; after this nothing is added to a session that is over. */
  recordLateMs: 2_592_000_000,
  /** News of a device's certificate in one session, each a record of the log: it is accepted once and changes once. */
  recordCertificates: 4,
  /** Room that is left on the agent's disk when a session begins: what others write may not push it out at once. */
  recordRoomBytes: 8_388_608,
  /** A renewed certificate is taken up within this. */
  certificateWatchMs: 1_000,
  /** An API request from its first byte to its last. */
  requestMs: 30_000,
  /** Live events are gathered this long, so that a burst is one message. */
  eventsGatherMs: 50,
  /** How often a live-event connection is asked whether its sign-in still holds. */
  eventsCheckMs: 30_000,
  /** Byte counts reach the pages this often; a gateway tells ends that are owed as often. */
  countsMs: 1_000,
  /** A line of a backup: one row; the largest is a list of approvers with its signatures, well below. */
  backupLineCharacters: 16_777_216,
  ...accountLimits,
  ...setupLimits,
  ...providerLimits,
  ...registerLimits,
  ...storeLimits,
  ...vendorLimits,
  ...watchLimits,
} as const;
