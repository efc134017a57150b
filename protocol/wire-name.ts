/**
 * Server names of the parts' own links. They route, they do not authenticate: every such link pins its peer's key.
 * `.internal` is reserved for private use and never resolves publicly.
 */
export const gatewayName = "gateway.genkan.internal";
export const agentsName = "agents.genkan.internal";
/** Server name with which the command line's link is routed ends in this; the label before it is random. */
export const linkDomain = "link.genkan.internal";
