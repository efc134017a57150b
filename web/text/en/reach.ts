import type { SameShape } from "../../../text/shape.ts";
import type { reach as ja } from "../ja/reach.ts";

export const reach: SameShape<typeof ja> = {
  reach: {
    services: "Devices behind this agent",
    none: "No device yet",
    last: "Test of {{at}}: {{found}}",
    never: "Not tested yet.",
    test: "Test reach",
    testOf: "Test reach of {{device}} {{service}}",
    done: "The test is done",
    help: "The agent opens one connection to the device and closes it at once. It sends no data. A device in a session is not tested.",
    missing: "Lines that the allow-list lacks",
    missingHelp:
      "Only the allow-list on its own host says what an agent may dial. Add this to the targets of the list on that host (/etc/genkan/agent/allow.json). Once saved, it holds within seconds.",
    wholeHelp:
      "Only the allow-list on its own host says what an agent may dial. Write this into the list on that host (/etc/genkan/agent/allow.json). Once saved, it holds within seconds.",
    missingOf: "lines for the allow-list of {{name}}",
    allowList: "Allow-list",
    version: "Version",
    disk: "Free disk",
    state: {
      absent: "There is no file: nothing can be dialled",
      unusable: "It can't be used: nothing can be dialled. The log of that host says why",
      listed: "{{count}} pairs of address and port",
    },
  },
};
