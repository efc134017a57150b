import type { ChannelName } from "../protocol/service.ts";
import type { Channel, ChannelOptions } from "./channel.ts";
import { HttpChannel } from "./http.ts";
import { TcpChannel } from "./tcp.ts";

/** The channels. Which protocol takes which stands in `ways` (`protocol/service.ts`). */
export const channels: Readonly<Record<ChannelName, (o: ChannelOptions) => Channel>> = {
  http: (o) => new HttpChannel({ ...o, scheme: "http" }),
  https: (o) => new HttpChannel({ ...o, scheme: "https" }),
  tcp: (o) => new TcpChannel(o.device),
};
