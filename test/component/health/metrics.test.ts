import { request } from "node:http";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { endOne } from "../../../authority/session-end.ts";
import { watchAgent } from "../../../bin/health/agent-watch.ts";
import { countRecords, watchAuthority } from "../../../bin/health/authority-watch.ts";
import { Figures } from "../../../bin/health/figures.ts";
import { watchGateway } from "../../../bin/health/gateway-watch.ts";
import { metrics } from "../../../bin/health/metric.ts";
import { parseMetrics } from "../../../bin/health/metrics-option.ts";
import { serveMetrics, type Watched } from "../../../bin/health/metrics-server.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import type { Db } from "../../../store/database.ts";
import { Scene } from "../agent/fixture.ts";
import { World as AgentWorld } from "../agent/world.ts";
import { ready } from "../authority/ready.ts";
import { startWorld } from "../gateway/world.ts";

const lineOf = (text: string, begin: string) => text.split("\n").find((line) => line.startsWith(begin));

async function textOf(watched: Watched): Promise<string> {
  await watched.read();
  return (await watched.figures.text()).body;
}

/** Ids, names, keys and addresses of everybody and everything that the store holds. */
async function namesIn(db: Db): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  const said = new Set<string>();
  const telling = /^(id|name|login|label|host|key|thumbprint|jwk|hash|credential|address|model|target|by|.*_by)$/;
  for (const { name } of tables)
    for (const row of (await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db)).rows)
      for (const [column, value] of Object.entries(row))
        if (
          typeof value === "string" &&
          value !== "" &&
          (telling.test(column) || /^[a-z]{3}_[0-9a-z]{10,}$/.test(value))
        )
          said.add(value);
  // Some are known by a word that every text of metrics holds, such as `gateway`.
  const words = (await new Figures("authority").text()).body + JSON.stringify(metrics);
  return [...said].filter((value) => !words.includes(value));
}

async function authority() {
  const world = await ready();
  const figures = new Figures("authority");
  countRecords(world.world.store, figures);
  const { agents, gateways, store } = world.world.context;
  const watched = watchAuthority({
    data: "/tmp",
    store,
    sequencer: world.world.sequencer,
    agents,
    gateways,
    certificates: { portal: undefined, staff: undefined },
    figures,
    log: silentProgramLog,
    now: () => new Date(world.world.clock),
  });
  return { ...world, watched };
}

describe("the metrics of an authority", () => {
  test("count sessions, outcomes, reasons and ends of a live world, and name nobody and nothing that its store holds", async () => {
    const { world, technician, open, watched } = await authority();
    const { session } = await open();
    await expect(open(await world.caller("leader"))).rejects.toThrow();
    await open();
    expect(lineOf(await textOf(watched), "genkan_authority_sessions_live")).toBe("genkan_authority_sessions_live 2");
    await endOne(world.context, technician, session, null);
    await world.sequencer.settle();
    const text = await textOf(watched);
    expect(text).toContain("genkan_authority_sessions_live 1\n");
    expect(text).toContain('genkan_authority_admissions_total{outcome="allowed"} 2\n');
    expect(text).toContain('genkan_authority_ends_total{reason="ended-by-technician"} 1\n');
    expect(text).toContain("genkan_authority_agents_connected 1\n");
    expect(text).toContain("genkan_authority_outbox_records 0\n");
    expect(lineOf(text, "genkan_authority_log_records")).toMatch(/ [1-9]\d*$/);
    expect(text).not.toContain('"other"');

    const names = await namesIn(world.store.db);
    expect(names).toContain(session);
    expect(names).toContain("Hospital A");
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => text.includes(name))).toEqual([]);
  });

  test("say of a refusal its reasons, and of a code that the table does not list only that it is another", async () => {
    const { world, watched } = await authority();
    const refuse = (reasons: string[]) =>
      world.store.change((change) =>
        change.audit({
          at: new Date(world.clock),
          action: "session.admit",
          outcome: "refused",
          actor: null,
          subjects: {},
          reasons,
        }),
      );
    await refuse(["locked", "window-not-open"]);
    await refuse(["佐藤 花子"]);
    const text = await textOf(watched);
    expect(text).toContain('genkan_authority_denials_total{reason="locked"} 1\n');
    expect(text).toContain('genkan_authority_denials_total{reason="other"} 1\n');
    expect(text).not.toContain("佐藤");
  });

  test("are not ready while records can't come into the log, and say so", async () => {
    const { world, watched } = await authority();
    await world.sequencer.settle();
    expect((await watched.ready()).filter(({ ok }) => !ok)).toEqual([]);
    await world.store.db
      .insertInto("log_checkpoint")
      .values({ size: 9_999, note: "x", created_at: world.at() })
      .execute();
    expect(await watched.ready()).toContainEqual({
      check: "log",
      ok: false,
      reason: expect.stringContaining("checkpoint"),
    });
    expect(await textOf(watched)).toContain("genkan_authority_ready 0\n");
  });
});

test("the metrics of a gateway count what it carries, and name no session and no host", async () => {
  const world = await startWorld();
  const watched = watchGateway(world.gateway, silentProgramLog);
  expect(await watched.ready()).toEqual([{ check: "authority", ok: false, reason: expect.any(String) }]);
  const session = await world.session(await world.connect());
  expect(await watched.ready()).toEqual([{ check: "authority", ok: true }]);
  const text = await textOf(watched);
  expect(text).toContain("genkan_gateway_sessions_live 1\n");
  expect(text).toContain('genkan_gateway_bytes_total{direction="up"} 0\n');
  const names = [session.id, session.host, ...session.tokens, world.address.pin, world.authorityProgramKey.pin];
  expect(names.filter((name) => text.includes(name))).toEqual([]);
});

test("the metrics of an agent count what it serves, and name no session, person or device", async () => {
  const scene = new Scene();
  const world = await AgentWorld.start(scene);
  onTestFinished(() => world.stop());
  const { agent, folder } = world;
  const o = { agent, data: folder.path, certificate: undefined, now: () => new Date(), log: silentProgramLog };
  const watched = watchAgent(o);
  const { session } = await world.admit();
  const text = await textOf(watched);
  expect(text).toContain("genkan_agent_sessions_live 1\n");
  expect(text).toContain("genkan_agent_allowed_targets 1\n");
  expect(text).toContain("genkan_agent_link_up 1\n");
  const { technician, site, gateway, service } = scene;
  const names = [
    session,
    technician.id,
    technician.name,
    site,
    gateway.id,
    service.id,
    "Monitor",
    "Hospital",
    "agent-1",
  ];
  expect(names.filter((name) => text.includes(name))).toEqual([]);
  expect((await watched.ready()).filter(({ ok }) => !ok)).toEqual([]);
});

test("every metric keeps to the naming of the field: its program, and a unit or a count at its end", () => {
  for (const [name, { type }] of Object.entries(metrics)) {
    expect(name).toMatch(/^genkan_(authority|gateway|agent)_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith("_total"), name).toBe(type === "counter");
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
  }
});

describe("the port of the metrics", () => {
  const watched: Watched = {
    figures: new Figures("gateway"),
    log: silentProgramLog,
    read: async () => {},
    ready: async () => [{ check: "authority", ok: false, reason: "no link" }],
  };

  async function ask(path: string, o: { host?: string; method?: string; of?: Watched } = {}) {
    const server = await serveMetrics({ host: "127.0.0.1", port: 0 }, o.of ?? watched);
    onTestFinished(() => server.close());
    const host = o.host ?? `127.0.0.1:${server.port}`;
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const options = { host: "127.0.0.1", port: server.port, path, method: o.method ?? "GET", headers: { host } };
      const asked = request(options, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      });
      asked.on("error", reject).end();
    });
  }

  test("answers with the text, with life, and with what is not ready", async () => {
    expect(await ask("/metrics")).toMatchObject({ status: 200, body: expect.stringContaining("nodejs_eventloop_lag") });
    expect(await ask("/healthz")).toEqual({ status: 200, body: '{"alive":true}\n' });
    const said = '{"ready":false,"checks":[{"check":"authority","ok":false,"reason":"no link"}]}\n';
    expect(await ask("/readyz")).toEqual({ status: 503, body: said });
    expect((await ask("/other")).status).toBe(404);
    expect((await ask("/metrics", { method: "POST" })).status).toBe(405);
  });

  test("does not answer a page that has come under a name of its own", async () => {
    expect((await ask("/metrics", { host: "rebound.example" })).status).toBe(421);
    expect((await ask("/metrics", { host: "localhost:9464" })).status).toBe(200);
  });

  test("says that the figures could not be read, and nothing of why", async () => {
    const read = () => Promise.reject(new Error("postgres://genkan:password@db"));
    const { status, body } = await ask("/metrics", { of: { ...watched, read } });
    expect([status, body]).toEqual([503, expect.not.stringContaining("password")]);
  });

  test("is loopback's unless a second option says otherwise", () => {
    expect(parseMetrics({})).toBeNull();
    expect(parseMetrics({ metrics: "9464" })).toEqual({ host: "127.0.0.1", port: 9464 });
    expect(parseMetrics({ metrics: "[::1]:9464" })).toEqual({ host: "::1", port: 9464 });
    for (const metrics of ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464", "[::ffff:192.0.2.1]:9464"])
      expect(() => parseMetrics({ metrics }), metrics).toThrow("loopback");
    for (const metrics of ["localhost:9464", "x", "127.0.0.1", "99999"])
      expect(() => parseMetrics({ metrics }), metrics).toThrow("--metrics looks like");
    expect(parseMetrics({ metrics: "0.0.0.0:1", metricsBeyondLoopback: true })).toEqual({ host: "0.0.0.0", port: 1 });
    expect(() => parseMetrics({ metricsBeyondLoopback: true })).toThrow("goes with --metrics");
  });
});
