import type { devicePages as ja } from "../ja/device-page.ts";
import type { SameShape } from "../shape.ts";

export const devicePages: SameShape<typeof ja> = {
  title: {
    "no-answer": "The device closed the connection without an answer.",
    out: "The device wants to lead to a place that this session does not cover.",
    granted: "The device wants to open another service of your grant.",
  },
  why: {
    "not-http": "What answers at this port is no web page, but seems to speak another protocol.",
    "head-too-large": "The headers of the answer have more than 256 KiB.",
    "head-with-zero": "There is a NUL byte in the headers of the answer.",
    "two-lengths": "The answer names two different lengths (Content-Length).",
    "two-targets": "The answer leads to two different places (Location).",
    "two-names": "The answer has two different file names (Content-Disposition).",
    "unasked-switch": "The device changed to another protocol (101), for which nobody had asked.",
  },
  next: {
    "no-answer":
      "The device was reached, and hung up before it answered. If you had just changed something, look first whether the device did it; then reload this page.",
    native:
      "A browser would not show it either. If the vendor's own tool uses this service, connect by the command line (genkan connect).",
    below: "What the device sent stands below.",
    out: "If the work needs it, ask for the place below as a service on the portal. Pages in which the device's own address is written may work by the command line (genkan connect).",
    granted: "Open the service below from the grant on the portal.",
  },
};
