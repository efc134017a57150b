import type { agentPages as ja } from "../ja/agent-page.ts";
import type { SameShape } from "../shape.ts";

export const agentPages: SameShape<typeof ja> = {
  title: { "not-entered": "This page was not opened through the portal.", ended: "This session has ended." },
  next: {
    again: "Close this tab, and press “Open in browser” at the grant on the portal again.",
    device: "Use the pages of the device itself.",
    printed:
      "Open http://127.0.0.1:PORT/ as the command line printed it, in a new tab. If a page that you don't know led you here, close that page.",
    reload: "Then reload this page.",
    connect: "To go on, connect again from the portal.",
  },
};
