import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../../../bin/start/program.ts";
import { scanFrom } from "../../story/network/inbound.ts";
import { Network } from "../../story/network/network.ts";
import { upTo } from "../../story/network/scan.ts";
import { agentAddress } from "../../story/network/topology.ts";

/** Changes to the VLAN's rules, each as nft's own words. */
const [...changes] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), "genkan-network-"));
const network = Network.build(folder, { uid: 0, gid: 0 });
const device = new Program({
  name: "device",
  script: "test/story/parts/device-child.ts",
  args: ["--host", agentAddress, "--canary", agentAddress],
  logFolder: folder,
  launch: network.launch("vlan"),
});
device.start();
await device.waitFor("listening", 60_000);
const [command = "", ...before] = network.launch("vlan");
for (const change of changes) execFileSync(command, [...before, "nft", ...change.split(" ")]);
const target = { address: agentAddress, open: [22, 80], ports: upTo(100) };
const said = await scanFrom(network, ["vendor", "dmz"], "vlan", [target]).then(
  () => "closed",
  (error: Error) => error.message,
);
await device.stop();
network.close();
rmSync(folder, { recursive: true });
console.log(said);
