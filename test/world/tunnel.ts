import { type Link, type LinkOptions, openLink, openPort } from "../../cli/tunnel.ts";

/** A session of the command line with its port. */
export type Tunnel = Link & { readonly port: number };

/** What `genkan connect` does once it is admitted. `port` is 0 for any. */
export async function openTunnel(options: LinkOptions & { port: number }): Promise<Tunnel> {
  const link = await openLink(options);
  try {
    const port = await openPort(link, options.port, () => {});
    return Object.create(link, { port: { value: port } }) as Tunnel;
  } catch (error) {
    link.close();
    throw error;
  }
}
