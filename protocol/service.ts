import Type from "typebox";
import { Id } from "./id.ts";
import { Name, OneOf, Strict } from "./schema.ts";

/** Protocols that a service can speak. Recording depends on it; `tcp` is carried and counted only. */
export const serviceProtocols = ["http", "https", "ssh", "vnc", "rdp", "telnet", "tcp"] as const;
export type ServiceProtocol = (typeof serviceProtocols)[number];

/** One port of a device. `address` is an IP literal: an agent never resolves names for a device. */
export const Service = Strict({
  id: Id("service"),
  name: Name,
  protocol: OneOf(serviceProtocols),
  address: Type.String({ minLength: 2, maxLength: 45, pattern: "^[0-9a-fA-F.:]+$" }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
});
export type Service = Type.Static<typeof Service>;

/** A service as a technician sees it: the port, not the network. */
export const ServiceRef = Strict({
  id: Id("service"),
  name: Name,
  protocol: OneOf(serviceProtocols),
  port: Service.properties.port,
});
export type ServiceRef = Type.Static<typeof ServiceRef>;
