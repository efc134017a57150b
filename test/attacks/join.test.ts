import { readdirSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { joinSite } from "../../agent/joined.ts";
import { createProgramKey } from "../../crypto/program-key.ts";
import { randomToken } from "../../crypto/random.ts";
import { silentProgramLog } from "../../protocol/program-log.ts";
import { asPin } from "../brand.ts";
import { Scene, temporaryFolder } from "../component/agent/fixture.ts";
import { StandInAuthority } from "../component/agent/world.ts";
import { outcome } from "../component/authority/world.ts";

test("A22: joins nobody whose key is another than it was told: the token is not shown, and nothing is kept", async () => {
  const scene = new Scene();
  const authority = new StandInAuthority(scene);
  await authority.start();
  const folder = temporaryFolder();
  onTestFinished(() => {
    authority.stop();
    folder.remove();
  });
  const joins = (authorityKey: string) =>
    outcome(
      joinSite({
        folder: folder.path,
        gateway: { host: "127.0.0.1", port: authority.port, key: asPin("A".repeat(43)) },
        authorityKey: asPin(authorityKey),
        token: randomToken(),
        name: "agent-1",
        log: silentProgramLog,
      }),
    );
  expect(await joins(createProgramKey().pin)).toBe("peer-key-mismatch");
  expect(authority.told).toEqual([]);
  expect(readdirSync(folder.path)).toEqual([]);
  expect(await joins(scene.authority.pin)).toBe("done");
});
