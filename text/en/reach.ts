import type { Reach } from "../../protocol/reach.ts";

export const reaches = {
  open: "The device is reached.",
  refused: "The device refused the connection. Check that it is on, its service, and the port.",
  "timed-out": "There is no answer. Check that the device is on, and cables and firewalls between agent and device.",
  unreachable: "There is no way to the device's network. Check the routes of the agent's host.",
  "no-tls": "It speaks no TLS. Check protocol and port.",
  untrusted: "The device's certificate or TLS version is not accepted. Give the service an exception if it needs one.",
  "not-listed": "The agent's allow-list does not name it. Add the lines below to the list on the agent's host.",
} as const satisfies Record<Reach, string>;
