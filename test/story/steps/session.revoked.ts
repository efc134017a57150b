import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { approve, deviceNamed, request, windowFromNow } from "../parts/request.ts";
import { admit, endedSession, refusal } from "../parts/session.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { slackOf, sleep, until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const hourMs = 3_600_000;
/** D34: from the call to the last byte, on a machine that has time for it. */
const boundMs = 1_000;

/** A device floods a client that reads slowly, so every buffer on the way is full; then the approver revokes. */
export async function run(context: Context): Promise<Evidence> {
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  const device = await deviceNamed(sato, deviceNames.flood);
  const grant = await approve(tanaka, await request(sato, device, windowFromNow(0, hourMs)));
  const connection = await context.terminal("sato").connect(device.name, "TCP", grant.id);
  const reader = new SlowReader(connection.port);
  await until("bytes at the reader", 10_000, () => reader.bytes > 1_000_000);
  await sleep(500);
  const bytesBefore = reader.bytes;
  const slackMs = await slackOf(() => tanaka.get("/api/me"));
  const called = performance.now();
  await tanaka.post(`/api/grants/${grant.id}/revocation`, { reason: "作業中止" });
  const answered = performance.now();
  await reader.ended;
  const lastByteMs = Math.round(reader.lastByteAt - called);
  if (lastByteMs > boundMs + slackMs) throw new Error(`The last byte came ${lastByteMs} ms after the call.`);
  const session = await endedSession(sato, connection.session);
  if (session.reason !== "revoked") throw new Error(`The end reason is ${session.reason}.`);
  const again = await admit(sato, grant);
  return {
    callToLastByteMs: lastByteMs,
    callToAnswerMs: Math.round(answered - called),
    bytesBefore,
    bytesAfter: reader.bytes - bytesBefore,
    reason: session.reason,
    endedBy: session.endedBy?.name,
    terminal: await connection.endReason(10_000),
    again: refusal(again, "denied", "grant-inactive"),
  };
}
