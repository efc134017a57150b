import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchFreeze } from "../../../cli/freeze-watch.ts";
import { signedIn } from "../../../cli/verb.ts";
import { limits } from "../../../protocol/limits.ts";
import { patienceMs } from "../../patience.ts";
import { idOf, session } from "./facts.ts";
import { commandLine, StandIn } from "./stand-in.ts";

const path = `/api/sessions/${idOf("session")}`;
const by = { id: idOf("person", 2), name: "山田" };
const frozen = { by, at: "2026-03-01T00:00:00.000Z", until: "2026-03-01T00:10:00.000Z", reason: "大量の通信" };

let server: StandIn;
let line: ReturnType<typeof commandLine>;
let over: AbortController;
beforeEach(async () => {
  server = await new StandIn().listen();
  over = new AbortController();
});
afterEach(() => {
  over.abort();
  server.close();
  line.remove();
});

function watch(link: { silentMs: number }, options: { json?: boolean; language?: "en" | "ja" }) {
  line = commandLine(options);
  line.signIn(server.origin);
  const { terminal, zone } = line.cli;
  const watched = { terminal, zone, siteZone: "Europe/Berlin", api: signedIn(line.cli), link };
  return watchFreeze({ ...watched, session: idOf("session"), over: over.signal });
}

it("a frozen session is told of once, by whom, why and until when, and again when it goes on", async () => {
  const link: { silentMs: number } = { silentMs: limits.freezeAskedMs };
  server.answers[`GET ${path}`] = session({ frozen });
  const done = watch(link, { json: true });
  // Once more it is asked, and nothing is new.
  await vi.waitFor(() => expect(server.asks(path).length).toBeGreaterThan(1), patienceMs);
  link.silentMs = 0;
  server.answers[`GET ${path}`] = session();
  await vi.waitFor(() => expect(line.said.out).toContain("thawed"), patienceMs);
  const { at: _at, ...told } = frozen;
  expect(line.objects()).toEqual([{ event: "frozen", ...told }, { event: "thawed" }]);
  over.abort();
  await done;
});

it("people read it in both zones, with what to do", async () => {
  server.answers[`GET ${path}`] = session({ frozen });
  void watch({ silentMs: limits.freezeAskedMs }, { language: "ja" });
  await vi.waitFor(() => expect(line.said.err).toContain("\n"), patienceMs);
  expect(line.said.err).toMatch(/^山田 さんがこの接続を一時停止しました/);
  expect(line.said.err).toContain("2026-03-01 01:10 (Europe/Berlin) = 2026-03-01 09:10 (Asia/Tokyo) に切断");
  expect(line.said.err).toContain("理由: 大量の通信");
});

it("the authority is not asked while the link answers", async () => {
  const link = { silentMs: 0 };
  let looked = 0;
  const counted = {
    get silentMs() {
      looked += 1;
      return link.silentMs;
    },
  };
  server.answers[`GET ${path}`] = session({ frozen });
  void watch(counted, { json: true });
  await vi.waitFor(() => expect(looked).toBeGreaterThan(1), patienceMs);
  expect(server.asked).toEqual([]);
});
