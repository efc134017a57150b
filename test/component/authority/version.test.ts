import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { joinToken } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import { dialControl } from "../../../link/carrier-upgrade.ts";
import { acceptPinned } from "../../../link/pinned-tls.ts";
import { readHead, switchingProtocols } from "../../../link/upgrade.ts";
import { version } from "../../../protocol/version.ts";
import { AgentEnd } from "./parts.ts";
import { ready } from "./ready.ts";
import { outcome } from "./world.ts";

const older = "0.0.9";

test("an agent that is too old is refused by name, also one that says nothing, and is not taken for connected", async () => {
  const { world } = await ready({ agent: false });
  const refused = AgentEnd.connect(world, "agentA", undefined, undefined, older);
  await expect(refused).rejects.toMatchObject({ code: "version-too-old", detail: expect.stringContaining(version) });
  const silent = await AgentEnd.connect(world, "agentA", undefined, undefined, null);
  expect(await outcome(silent.hello(world))).toBe("version-too-old");
  expect(world.context.agents.connected()).toEqual([]);
  const today = await AgentEnd.connect(world, "agentA");
  await today.hello(world);
  expect(world.context.agents.connected()).toHaveLength(1);
});

test("a host that is too old does not spend the token with which it would join", async () => {
  const { world } = await ready({ agent: false });
  const token = await joinToken(world.store, world.ids.siteA, new Date(world.clock), host);
  const body = { token, name: "agent", sealKey: createSealKey().publicKey };
  const programKey = createProgramKey();
  const silent = await AgentEnd.connect(world, "agentA", undefined, programKey, null);
  expect(await outcome(silent.link.request("join", body))).toBe("version-too-old");
  const today = await AgentEnd.connect(world, "agentA", undefined, programKey);
  expect((await today.link.request("join", body)).site.id).toBe(world.ids.siteA);
});

test.each([
  ["an older release", (answer: string) => answer.replace(version, older)],
  ["no release", (answer: string) => answer.replace(/genkan-version: .*\r\n/, "")],
])("a gateway that says %s is refused by name", async (_, changed) => {
  const [gateway, authority] = [createProgramKey(), createProgramKey()];
  const server = createServer((raw) => {
    const serve = async () => {
      const { tls } = await acceptPinned(raw, { raw, programKey: gateway, clientKey: "asked", timeoutMs: 5_000 });
      await readHead(tls, 5_000);
      const answer = switchingProtocols("genkan-control");
      expect(changed(answer)).not.toBe(answer);
      tls.write(changed(answer));
    };
    serve().catch(() => raw.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const dialled = dialControl({ host: "127.0.0.1", port, pin: gateway.pin, programKey: authority });
  await expect(dialled).rejects.toMatchObject({ code: "version-too-old" });
});
