import Type from "typebox";
import { Id } from "./id.ts";
import { Name, OneOf, Strict } from "./schema.ts";

/** What speaks to a client and to the device at once, beside the device: `channels/table.ts` has one for each name. */
export type ChannelName = "http" | "https" | "tcp";

/** How a service is reached, and what its recording holds. */
export interface Way {
  /** Channel for a browser; null where none can show it. */
  readonly browser: ChannelName | null;
  /** Channel for the command line, whose port on localhost speaks the same protocol. */
  readonly native: ChannelName;
  /** `rows`: what was asked and answered, one row each. `counts`: when, and how many bytes; what passed is not looked into. */
  readonly record: "rows" | "counts";
  /** With what a technician comes to the command line's port: a browser, ssh, or a program of the device's own. */
  readonly tool: "page" | "ssh" | "program";
  /** Whether the agent speaks TLS to the device and keeps its certificate. */
  readonly tls: boolean;
}

/**
 * Protocols that a service can speak: the only switch on a protocol. `ssh` is carried as `tcp` is, for its own encryption
 * runs from the technician's tool to the device; it has a name of its own because people and the command line need to know
 * with which tool to come.
 */
export const ways = {
  http: { browser: "http", native: "http", record: "rows", tool: "page", tls: false },
  https: { browser: "https", native: "https", record: "rows", tool: "page", tls: true },
  ssh: { browser: null, native: "tcp", record: "counts", tool: "ssh", tls: false },
  tcp: { browser: null, native: "tcp", record: "counts", tool: "program", tls: false },
} as const satisfies Record<string, Way>;
export type ServiceProtocol = keyof typeof ways;
export const serviceProtocols = Object.keys(ways) as ServiceProtocol[];

/** The channel by which a client reaches a service of this protocol; null where it can't. */
export function channelOf(protocol: ServiceProtocol, client: "browser" | "native"): ChannelName | null {
  return ways[protocol][client];
}

/**
 * What a device that speaks TLS is forgiven: `self-signed`, a certificate that nobody vouches for (its own, expired, of
 * another name); `old-tls`, versions before 1.2 with the keys and ciphers of their time. Whoever approves sees them.
 */
export const tlsExceptions = ["self-signed", "old-tls"] as const;
export type TlsException = (typeof tlsExceptions)[number];
const exceptions = Type.Optional(Type.Array(OneOf(tlsExceptions), { minItems: 1, maxItems: 2, uniqueItems: true }));

/** One port of a device. `address` is an IP literal: an agent never resolves names for a device. */
export const Service = Strict({
  id: Id("service"),
  name: Name,
  protocol: Type.Unsafe<ServiceProtocol>(OneOf(serviceProtocols)),
  address: Type.String({ minLength: 2, maxLength: 45, pattern: "^[0-9a-fA-F.:]+$" }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  /** Left out where there is none. */
  tls: exceptions,
});
export type Service = Type.Static<typeof Service>;

/** A service as a technician sees it: the port, not the network. */
export const ServiceRef = Strict({
  id: Id("service"),
  name: Name,
  protocol: OneOf(serviceProtocols),
  port: Service.properties.port,
  tls: exceptions,
});
export type ServiceRef = Type.Static<typeof ServiceRef>;

/** What a technician sees of a service. */
export function serviceRef({ id, name, protocol, port, tls }: Service): ServiceRef {
  return { id, name, protocol, port, ...(tls ? { tls } : {}) };
}

/** Whether both are one service in all that a technician asks for; the address is nobody's to ask for. */
export function sameService(one: ServiceRef, other: ServiceRef): boolean {
  const alike = (["id", "name", "protocol", "port"] as const).every((part) => one[part] === other[part]);
  return alike && (one.tls ?? []).join() === (other.tls ?? []).join();
}
