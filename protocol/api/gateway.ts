import Type from "typebox";
import { Id } from "../id.ts";
import { Name, Pin, Strict } from "../schema.ts";

/** Where clients, agents and the authority reach a gateway, and the key that it proves there. */
const said = {
  name: Name,
  /** A name in lower case or an IP literal. */
  host: Type.String({ minLength: 1, maxLength: 253, pattern: "^[a-z0-9.:-]+$" }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  /** SHA-256 of its public key. */
  key: Pin,
};

/** POST /api/gateways, and POST /api/gateways/:id to say it anew. */
export const GatewaySaid = Strict(said);
export type GatewaySaid = Type.Static<typeof GatewaySaid>;

/** GET /api/gateways */
export const GatewayView = Strict({ id: Id("gateway"), ...said, active: Type.Boolean(), connected: Type.Boolean() });
export type GatewayView = Type.Static<typeof GatewayView>;
export const GatewayList = Strict({ gateways: Type.Array(GatewayView) });
export type GatewayList = Type.Static<typeof GatewayList>;
