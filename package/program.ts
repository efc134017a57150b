import type { BundledProgram } from "./bundle.ts";

/** A program as it is packaged. */
export interface Packaged {
  /** Of its bundle, its file, its Debian package and, where it has one, its unit and user. */
  readonly name: BundledProgram;
  /** One line, as Debian's lists show it. */
  readonly summary: string;
  readonly description: string;
  /** Its settings in `/etc/genkan`, where it runs as a service. */
  readonly settings: string | null;
  /** Serves pages from a store: brings them, SQLite's library, and the command line that the portal offers. */
  readonly servesPages: boolean;
}

export const packagedPrograms: readonly Packaged[] = [
  {
    name: "genkan-authority",
    summary: "decides who may reach which device, and proves it afterwards",
    description:
      "The authority of Genkan: people sign in here, ask, approve and revoke. It serves the portal and the staff's pages.",
    settings: "authority",
    servesPages: true,
  },
  {
    name: "genkan-gateway",
    summary: "carries maintenance sessions without seeing into them",
    description:
      "The gateway of Genkan: the one part that listens on the public network. It splices ciphertext and keeps no data.",
    settings: "gateway",
    servesPages: false,
  },
  {
    name: "genkan-agent",
    summary: "serves maintenance sessions beside the devices",
    description:
      "The agent of Genkan: verifies each approval itself, dials the device, and records. It dials out and listens nowhere.",
    settings: "agent",
    servesPages: false,
  },
  {
    name: "genkan",
    summary: "command line of Genkan",
    description: "Asks for access to a device, connects one's own tools to it, and watches over it.",
    settings: null,
    servesPages: false,
  },
];
