import type { Static } from "typebox";
import type { LockView } from "../../../protocol/api/lock.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { Person } from "../parts/person.ts";
import { refusal } from "../parts/session.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const login = "kobayashi";

/**
 * An officer freezes a session, and is then locked by a colleague: signed in still, they thaw nothing, lock nothing and lift
 * nothing. The colleague thaws; the lock on the last officer who could is lifted on the authority's host.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const yamada = context.person("yamada");
  const colleague = await secondOfficer(context);
  const connection = await context.terminal("sato").connect(deviceNames.flood, "TCP", context.grant("flood").id);
  const reader = new SlowReader(connection.port);
  await until("bytes at the reader", 10_000, () => reader.bytes > 0);
  const freeze = `/api/sessions/${connection.session}/freeze`;
  await yamada.post(freeze, { frozen: true, reason: null });

  const { person: officer } = await yamada.get<Static<typeof Me>>("/api/me");
  const { person: other } = await colleague.get<Static<typeof Me>>("/api/me");
  const reason = "端末紛失の連絡";
  const lock = await colleague.post<LockView>("/api/locks", { kind: "person", target: officer.id, reason });
  const tries = {
    thaw: await yamada.ask("POST", freeze, { frozen: false, reason: null }),
    lockEverything: await yamada.ask("POST", "/api/locks", { kind: "everything", target: null, reason }),
    lockColleague: await yamada.ask("POST", "/api/locks", { kind: "person", target: other.id, reason }),
    liftOwn: await yamada.ask("POST", `/api/locks/${lock.id}/lift`, { reason }),
    end: await yamada.ask("POST", `/api/sessions/${connection.session}/end`, { reason }),
  };
  const refused = Object.fromEntries(
    Object.entries(tries).map(([act, answer]) => [act, refusal(answer, "denied", "locked").reasons]),
  );
  const still = await colleague.get<SessionView>(`/api/sessions/${connection.session}`);
  if (still.state !== "live" || !still.frozen) throw new Error(`The session is ${JSON.stringify(still)}.`);

  await colleague.post(freeze, { frozen: false, reason: null });
  const before = reader.bytes;
  await until("bytes after the thaw", 10_000, () => reader.bytes > before);
  reader.destroy();
  await connection.stop();
  const lifted = await world.askAuthority(`lock lift ${lock.id}`, { "--reason": "端末が見つかった" });
  const { locks } = await yamada.get<{ locks: LockView[] }>("/api/locks");
  const shown = locks.find(({ id }) => id === lock.id);
  if (shown?.liftedAt === null || shown?.liftedBy !== null) throw new Error(`The lock is ${JSON.stringify(shown)}.`);
  return { lock: lock.id, refused, thawedBy: other.name, liftedOnHost: lifted.lifted };
}

/** Added on the authority's host, and enrolled by a link like everybody else. */
async function secondOfficer(context: Context): Promise<Person> {
  const world = await context.world();
  await world.askAuthority("person add", {
    "--name": "小林 直子 (Kobayashi Naoko)",
    "--login": login,
    "--role": "officer",
    "--site": "first",
  });
  const person = await Person.sitDown(login, "ja", context.chromiumOf("yamada"));
  await person.page.goto(String(await world.enrolmentLink(login)));
  await person.press("enrol.withPasskey");
  await until(`sign-in of ${login}`, 15_000, async () => (await person.ask("GET", "/api/me")).status === 200);
  return person;
}
