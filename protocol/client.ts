/** How a technician comes: a browser proves itself by a form post, the command line inside mutual TLS. */
export const clients = ["browser", "native"] as const;
export type Client = (typeof clients)[number];
