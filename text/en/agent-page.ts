import type { agentPages as ja } from "../ja/agent-page.ts";
import type { SameShape } from "../shape.ts";

export const agentPages: SameShape<typeof ja> = {
  title: { "not-entered": "This page was not opened through the portal.", ended: "This session has ended." },
  next: {
    again: "Close this tab, and press “Open in browser” at the grant on the portal again.",
    device: "Use the pages of the device itself.",
    reload: "Then reload this page.",
    connect: "To go on, connect again from the portal.",
  },
};
