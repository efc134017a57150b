import { folders } from "./table.ts";

/**
 * Why a folder may not import another: `others` for all that it may not, and by name where that edge has a reason of its
 * own. A breach is told with it, so that whoever meant well reads what the edge would cost.
 */
type Reasons = Readonly<Record<string, string>> & { readonly others: string };

const reasons: Readonly<Record<string, Reasons>> = {
  protocol: {
    others: "protocol/ is what all parts and pages share: whatever it imports would be in each of them, browsers too",
    crypto: "a noun says what bytes mean; crypto/ says whether they hold, with Node's own library",
  },
  text: {
    others: "texts are shown by pages, command line and agent alike, so they know codes and nothing else",
  },
  crypto: {
    others: "what proves and seals must be readable by itself: it stands on nouns and on nothing that runs",
    link: "a key doesn't know over which connection it is shown",
    store: "a key doesn't know where it is kept",
  },
  files: {
    others: "a file is bytes that must be there after a power cut; what they mean is their writer's",
  },
  link: {
    others: "connections carry bytes for all programs, and know neither who may come nor what is kept",
    policy: "a connection that decided would be a second place of decision",
    store: "the gateway is made of link/, and has no database",
  },
  channels: {
    others: "a channel speaks a protocol to a device; it is given its client and its recorder, and looks for nothing",
    agent: "the agent's door proves who comes and then hands over: a channel that reached back could skip the proof",
    policy: "whatever arrives at a channel is decided and proved already",
    store: "channels run beside the device, where no database is",
  },
  policy: {
    others:
      "policy/ decides from facts that it is given, so that the same facts give the same decision, here and in a test",
    crypto: "whether a signature holds is a fact; who gathers facts verifies it",
    store: "a decision that reads rows by itself can't be tried on doctored facts, nor told what it stood on",
    authority: "the authority asks policy/, never the other way",
  },
  store: {
    others: "rows know nothing of what is done with them",
    policy: "a row that decided would be a second place of decision",
    authority: "verbs use rows: whoever asks for a row says for whom, by its scope",
    link: "the store's own servers are reached by their drivers; the connections of link/ are for our own parts",
  },
  authority: {
    others: "the authority decides for whoever calls, by whatever way, and dials its parts; it is none of them",
    api: "a verb that knew of HTTP could be called by no command line, no test and no second API",
    channels: "the authority carries no byte of a device: that is the agent's, and nobody else's",
    gateway:
      "the authority speaks to gateways by protocol/gateway-control.ts alone, so that a stolen one has no code of its",
    agent: "the authority speaks to agents by protocol/agent-control.ts alone, so that a stolen one has no code of its",
    text: "the authority answers with codes; whoever shows them has the words",
  },
  api: {
    others: "routes declare, authenticate and call a verb; they are no part of the path to a device",
    channels: "the authority carries no byte of a device: that is the agent's, and nobody else's",
    gateway: "people reach the gateway by the network; its code is in its own program",
    agent: "people reach agents through the authority's verbs",
    text: "the API answers with codes; whoever shows them has the words",
  },
  gateway: {
    others: "the gateway is blind: what it doesn't contain, whoever takes it over can't use",
    policy: "the gateway decides nothing: it opens the routes that the authority orders",
    store: "the gateway has no database, so a stolen one gives nothing away",
    channels: "the TLS of a session ends at the agent: at the gateway there is no protocol to speak",
    authority: "the gateway takes orders by protocol/gateway-control.ts, and knows no user",
    agent: "the two meet on the wire, so that neither trusts the other's code",
  },
  agent: {
    others:
      "the agent believes what is signed, and has what it needs for that: nouns, proofs, connections and channels",
    policy: "the agent holds what an approver signed; it judges no facts, for all of them are the authority's word",
    store: "the agent keeps files on its own host, and has no way to the authority's rows",
    authority: "an agent that shared the authority's code would believe it where it must verify",
    gateway: "the two meet on the wire, so that neither trusts the other's code",
  },
  cli: {
    others:
      "the command line is a guest on somebody's computer: it speaks the API and the wire, and brings no server along",
    channels: "the technician's own tool speaks the protocol; the command line carries its bytes",
    store: "the command line asks the API like everybody else",
    authority: "the command line asks the API like everybody else",
  },
  web: {
    others: "pages run in a browser: whatever they import is sent to whoever opens them",
    crypto:
      "a page verifies with the browser's own WebCrypto, so that it need not trust a library that the server sends",
  },
  sample: {
    others: "the sample devices are what a hospital would own: they know nothing of what reaches them",
  },
  bin: {
    others: "a program is put together from parts",
    web: "pages are built files; a program serves them and runs none of them",
  },
  package: {
    others: "packaging puts finished programs into files: it knows their names, and nothing of what they do",
  },
};

/** Why `from` may not import `to`, as a clause. */
export function reasonAgainst(from: string, to: string): string {
  if (to === "test") return "what runs in production knows of no test";
  if (to === "bin") return "a program constructs its parts; none of them knows its program";
  if (to === "package") return "what runs on a machine knows nothing of how its file was made";
  if (to === "sample") return "the sample hospital is for demonstrations and tests, and in nobody's production";
  const own = reasons[from];
  return own?.[to] ?? own?.others ?? "the table has no such edge";
}

/** Parts of a folder that not everybody who may import the folder may import. */
export const inner: readonly { readonly path: string; readonly for: readonly string[]; readonly why: string }[] = [
  {
    path: "protocol/api/",
    for: ["protocol", "text", "store", "authority", "api", "cli", "web"],
    why: "bodies and views are the API's: who decides, proves, carries or enforces works with nouns, whatever pages show",
  },
];

/** Folders that say nothing of why they may not import what they may not. */
export function silent(): string[] {
  return Object.keys(folders).filter((folder) => reasons[folder] === undefined);
}
