import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beginServers, portsOf, prepareWorld } from "../../../bin/start/begin.ts";
import { freePort } from "../../../bin/start/ports.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { Context } from "../context.ts";
import { Person } from "../parts/person.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** An empty installation beside the other one: the code on the server's console makes the first administrator, once. */
export async function run(context: Context): Promise<Evidence> {
  await context.world();
  const { servers: _, ...here } = context.options;
  const dataFolder = join(context.folder, "empty");
  mkdirSync(dataFolder, { mode: 0o700 });
  const ports = await portsOf(dataFolder, await freePort());
  const options = { ...here, dataFolder, masterKeyFile: join(context.folder, "empty.key"), ports, empty: true };
  const world = await prepareWorld(options);
  context.atEnd(() => world.stop());
  await beginServers(world, options);
  const { firstCode } = await world.askAuthority("first-code");

  const it = await Person.sitDown("it", "ja", context.chromiumOf("yamada"));
  await it.page.goto(world.addresses.staffOrigin);
  await it.page.getByLabel(it.text("firstRun.code")).fill(String(firstCode));
  await it.page.getByLabel(it.text("firstRun.name")).fill("情報 太郎 (IT)");
  await it.page.getByLabel(it.text("firstRun.login")).fill("it");
  await it.press("firstRun.begin");
  await it.press("enrol.withPasskey");
  await it.page.getByText(it.text("checklistReason.site-missing")).waitFor();
  const me = await until("sign-in", 15_000, () => it.get<Me>("/api/me"));
  const again = await it.ask<{ code?: string }>("POST", "/api/first-run", {
    code: String(firstCode),
    name: "another",
    login: "another",
  });
  if (again.body?.code !== "first-code-invalid") throw new Error(`The used code answered ${again.status}.`);
  context.newcomer = it;
  return { person: me.person.name, memberships: me.memberships, usedCode: again.body.code };
}
