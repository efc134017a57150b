import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allowTargets } from "../../../bin/start/allow-list.ts";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { signWithJwk, statementHash } from "../../../crypto/statement.ts";
import { Multiplexer } from "../../../link/multiplexer.ts";
import { connectPinned } from "../../../link/pinned-tls.ts";
import { resetNow } from "../../../link/reset.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { SessionTicket } from "../../../protocol/api/session.ts";
import type { ApproversStatement } from "../../../protocol/approvers.ts";
import type { Grant } from "../../../protocol/grant.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import type { ApprovalStatement, SignedByPasskey } from "../../../protocol/statement.ts";
import { listApproverLists } from "../../../store/approver-list.ts";
import { findGrant, type StoredGrant } from "../../../store/grant.ts";
import { exportLog } from "../../../store/log-export.ts";
import { Scope } from "../../../store/scope.ts";
import { asThumbprint } from "../../brand.ts";
import { Passkey } from "../../passkey.ts";
import { patienceMs } from "../../patience.ts";
import { StandInAuthority } from "../../stand-in/authority.ts";
import { rewriteLog } from "../../stand-in/rewritten-log.ts";
import { endInJournal, journal } from "../../story/parts/journal.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { lastCheckpoint, readLog } from "../../world/log.ts";
import { type Technician, windowFromNow } from "../../world/technician.ts";
import { openTunnel } from "../../world/tunnel.ts";
import { QuickWorld } from "../../world/world.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const shortMs = 12_000;

/** Whoever owns the authority's host has its keys and database, and takes its place at gateway and agent. */
describe("an authority with all its keys", () => {
  let device: Device;
  let other: Device;
  let world: QuickWorld;
  let sato: Technician;
  let suzuki: Technician;
  let standIn: StandInAuthority;
  let kept: string;
  const grants = {} as Record<"echo" | "other" | "revoked" | "short" | "past", StoredGrant>;

  beforeAll(async () => {
    device = await Device.start();
    other = await Device.start();
    world = await QuickWorld.start({
      devices: [
        { name: "echo", protocol: "tcp", port: device.port },
        { name: "other", protocol: "tcp", port: other.port },
      ],
    });
    // Approved or not, the person at the agent's host wants only the one.
    allowTargets(world.parts.folders.allowFile, [device.port]);
    sato = await world.technician();
    suzuki = await world.technician("suzuki");
    const tanaka = await world.staff("tanaka");
    const yamada = await world.staff("yamada");
    const views: Record<keyof typeof grants, GrantView> = {
      echo: await world.grant(sato, tanaka, "echo"),
      other: await world.grant(suzuki, tanaka, "other"),
      revoked: await world.grant(sato, tanaka, "echo"),
      past: await world.grant(sato, tanaka, "echo", windowFromNow(-60_000, 61_000)),
      short: await world.grant(sato, tanaka, "echo", windowFromNow(-60_000, 60_000 + shortMs)),
    };
    await yamada.post(`/api/grants/${views.revoked.id}/revocation`, { reason: "no longer needed" });
    kept = lastCheckpoint((await readLog(yamada, world.parts.fingerprints.logKey)).text);
    await world.parts.authority.stop();
    standIn = await StandInAuthority.start({
      data: world.parts.folders.authority,
      masterKey: world.masterKeyFile,
      folder: join(world.folder, "stolen"),
    });
    for (const [name, { id }] of Object.entries(views)) {
      const stored = await findGrant(standIn.context.store.db, Scope.system(), id);
      if (!stored) throw new Error(`The database has no grant ${name}.`);
      grants[name as keyof typeof grants] = stored;
    }
  });

  afterAll(async () => {
    await standIn?.stop();
    await world?.stop();
    await device?.stop();
    await other?.stop();
  });

  const open = (ticket: SessionTicket, programKey: ProgramKey, workstation: ProgramKey) =>
    openTunnel({ ticket, programKey, workstation, port: 0, signal: new AbortController().signal });
  const signed = (stored: StoredGrant): SignedByPasskey[] => stored.approvals.map((approval) => approval.signed);
  const told = () => journal(world.parts).filter(({ event }) => event === "refused").length;

  /** The signed request that a stored grant answers, though the grant may have been changed. */
  const requestOf = (grant: Grant) =>
    Object.values(grants).find((stored) => stored.grant.id === grant.id)?.asked.statement ?? "";

  /** What the agent says to a grant, in a ticket that fits it. */
  async function shown(grant: Grant, approvals: (hash: string) => readonly SignedByPasskey[], service?: Id<"service">) {
    const bytes = Buffer.from(JSON.stringify(grant));
    const hash = statementHash("genkan/grant/v1", bytes);
    const named = service ?? grant.services[0]?.id ?? ("svc_" as const);
    const nonce = await standIn.nonce();
    const ticket = await standIn.ticket({ grant: hash, agent: grant.agent.key, service: named, nonce });
    return standIn.admit(ticket, requestOf(grant), bytes.toString("base64url"), approvals(hash));
  }

  // Before all else: its window is the shortest.
  test("keeps no session beyond its window, whatever its leases say", async () => {
    const programKey = createProgramKey();
    const ticket = await standIn.prepare(grants.short, programKey.pin);
    const tunnel = await open(ticket, programKey, sato.workstation);
    const echo = new Echo(tunnel.port);
    await echo.say("in time");
    await standIn.lease(ticket.session, dayMs);
    expect(await echo.closed).toBe("reset");
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(grants.short.grant.windows[0]?.end ?? "") - 100);
    expect(await until("end", patienceMs, () => endInJournal(world.parts, ticket.session))).toBe("window-closed");
  });

  test("keeps a session for one lease at a time, however long it says that one lasts", async () => {
    const programKey = createProgramKey();
    const ticket = await standIn.prepare(grants.echo, programKey.pin);
    const tunnel = await open(ticket, programKey, sato.workstation);
    const echo = new Echo(tunnel.port);
    await standIn.lease(ticket.session, dayMs);
    const leased = performance.now();
    await echo.say("alive");
    expect(await echo.closed).toBe("reset");
    expect(performance.now() - leased).toBeLessThan(limits.leaseMs + patienceMs);
    expect(await until("end", 5_000, () => endInJournal(world.parts, ticket.session))).toBe("lease-lost");
  });

  test.each(["echo", "revoked"] as const)(
    "can open what an approver signed, with the workstation's key, while its window is open: %s",
    async (name) => {
      const programKey = createProgramKey();
      const ticket = await standIn.prepare(grants[name], programKey.pin);
      const tunnel = await open(ticket, programKey, sato.workstation);
      const echo = new Echo(tunnel.port);
      await echo.say("as approved");
      echo.destroy();
      tunnel.close();
    },
  );

  test("opens nothing to a workstation that was not approved", async () => {
    const before = device.taken;
    for (const workstation of [createProgramKey(), standIn.context.keys.programKey, suzuki.workstation]) {
      const programKey = createProgramKey();
      const ticket = await standIn.prepare(grants.echo, programKey.pin);
      await expect(open(ticket, programKey, workstation)).rejects.toMatchObject({ code: "proof-invalid" });
    }
    expect(device.taken).toBe(before);
  });

  test("reads no session between the technician and the agent: the proof names the technician's own TLS key", async () => {
    // The technician's terminal believes the authority, which names a key of its own for the agent's and is in the middle.
    const technician = createProgramKey();
    const middle = createProgramKey();
    const ticket = await standIn.prepare(grants.echo, middle.pin);
    const proof = await signWithJwk(
      "genkan/proof/v1",
      {
        grant: ticket.grantHash,
        session: ticket.session,
        nonce: ticket.proofNonce,
        binding: `tls:${technician.pin}`,
      },
      sato.workstation.privateKey,
      publicJwkOf(sato.workstation.publicKey),
    );
    const before = device.taken;
    const timeoutMs = limits.handshakeMs;
    const { host: servername, agentKey: pin, gateway } = ticket;
    const { tls, raw } = await connectPinned({ ...gateway, servername, pin, programKey: middle, timeoutMs });
    const link = new Multiplexer(tls, { role: "client", log: silentProgramLog, onClose: () => resetNow(raw) });
    await expect(link.prove(proof)).rejects.toMatchObject({ code: "proof-invalid" });
    expect(device.taken).toBe(before);
  });

  const key = "A".repeat(43);
  const nobodyApproved: [string, (of: Grant) => Grant][] = [
    ["a wider window", (of) => ({ ...of, windows: [windowFromNow(-60_000, dayMs)] })],
    ["another window beside", (of) => ({ ...of, windows: [...of.windows, windowFromNow(dayMs, hourMs)] })],
    ["another port", (of) => ({ ...of, services: of.services.map((one) => ({ ...one, port: one.port + 1 })) })],
    ["another address", (of) => ({ ...of, services: of.services.map((one) => ({ ...one, address: "10.0.0.1" })) })],
    ["another device", (of) => ({ ...of, device: grants.other.grant.device, services: grants.other.grant.services })],
    ["another person", (of) => ({ ...of, person: grants.other.grant.person })],
    ["another workstation", (of) => ({ ...of, workstation: { ...of.workstation, thumbprints: [asThumbprint(key)] } })],
    [
      "a workstation beside",
      (of) => ({
        ...of,
        workstation: {
          ...of.workstation,
          thumbprints: [...of.workstation.thumbprints, asThumbprint(key)],
        },
      }),
    ],
  ];
  test.each(nobodyApproved)("opens nothing that nobody approved: the approved grant with %s", async (_what, change) => {
    const { grant } = grants.echo;
    const before = told();
    expect(await shown(change(grant), () => signed(grants.echo))).toEqual({ refused: "approval-missing" });
    expect(told()).toBe(before + 1);
  });

  test("opens nothing with an approval that is missing, another grant's, or of a passkey of its own", async () => {
    const { grant } = grants.echo;
    const forged = (hash: string): SignedByPasskey[] => {
      const [real] = signed(grants.echo);
      if (!real) throw new Error("The grant has no approval to imitate.");
      const said = JSON.parse(Buffer.from(real.statement, "base64url").toString()) as ApprovalStatement;
      const statement = Buffer.from(JSON.stringify({ ...said, grants: [hash] }));
      const passkey = new Passkey(said.rp, world.register.hosts.staff);
      return [{ ...passkey.signStatement("genkan/approval/v1", statement), credential: real.credential }];
    };
    for (const approvals of [() => [], () => signed(grants.other), forged])
      expect(await shown(grant, approvals)).toEqual({ refused: "approval-missing" });
  });

  test("opens nothing after the window that was signed", async () => {
    expect(await shown(grants.past.grant, () => signed(grants.past))).toEqual({ refused: "window-closed" });
  });

  test("opens no other service than those that were signed", async () => {
    const service = grants.other.grant.services[0]?.id;
    expect(await shown(grants.echo.grant, () => signed(grants.echo), service)).toEqual({
      refused: "service-not-granted",
    });
  });

  test("has nothing dialled that the agent's own list does not name, though it was approved", async () => {
    expect(await shown(grants.other.grant, () => signed(grants.other))).toEqual({ refused: "target-not-listed" });
    expect(other.taken).toBe(0);
  });

  test("uses a ticket once, and a nonce once", async () => {
    const { hash, bytes, grant, asked } = grants.echo;
    const service = grant.services[0]?.id ?? ("svc_" as const);
    const of = { grant: hash, agent: grant.agent.key, service, nonce: await standIn.nonce() };
    const ticket = await standIn.ticket(of);
    expect(await standIn.admit(ticket, asked.statement, bytes, signed(grants.echo))).toHaveProperty("proofNonce");
    for (const again of [ticket, await standIn.ticket(of), await standIn.ticket({ ...of, nonce: key })])
      expect(await standIn.admit(again, asked.statement, bytes, signed(grants.echo))).toEqual({
        refused: "ticket-replayed",
      });
  });

  test("makes the agent accept no approver of its own: the next list of approvers needs a signature of this one's", async () => {
    const roots = await listApproverLists(standIn.context.store.db, Scope.system());
    const pinned = roots.find((root) => root.site === world.register.agents.site.site);
    const current = JSON.parse(Buffer.from(pinned?.statement ?? "", "base64url").toString()) as ApproversStatement;
    const passkey = new Passkey(new URL(world.register.hosts.staff).hostname, world.register.hosts.staff);
    const [approver] = current.keys;
    if (!approver) throw new Error("The list of approvers has no approver.");
    const mine = { ...approver, credential: passkey.credential, publicKey: passkey.publicKeyCose };
    const version = current.version + 1;
    const next: ApproversStatement = { ...current, version, previous: pinned?.hash ?? null, keys: [mine] };
    const asBytes = (statement: ApproversStatement) => Buffer.from(JSON.stringify(statement));
    const bySelf = [passkey.signStatement("genkan/approvers/v1", asBytes(next))];
    const inName = bySelf.map((one) => ({ ...one, credential: approver.credential }));
    const later: ApproversStatement = { ...next, version: version + 1 };
    const instead: ApproversStatement = { ...next, version: current.version, previous: null };
    const site = world.register.agents.neighbour.site;
    // Those that could follow one day wait for a person on the agent's host; the others are refused at once.
    expect(await standIn.offerTrust(asBytes(next), [])).toEqual({ pinned: false });
    expect(await standIn.offerTrust(asBytes(next), bySelf)).toEqual({ pinned: false });
    expect(await standIn.offerTrust(asBytes(next), inName)).toEqual({ pinned: false });
    expect(await standIn.offerTrust(asBytes(next), signed(grants.echo))).toEqual({ pinned: false });
    expect(await standIn.offerTrust(asBytes(later), bySelf)).toEqual({ pinned: false });
    expect(await standIn.offerTrust(asBytes(instead), bySelf)).toEqual({ refused: "trust-refused" });
    expect(await standIn.offerTrust(asBytes({ ...next, site }), bySelf)).toEqual({ refused: "trust-refused" });
    const approved = (hash: string) => {
      const said = { type: "genkan/approval/v1", grants: [hash], verdict: "approve", approver: approver.person.id };
      const statement = Buffer.from(JSON.stringify({ ...said, rp: passkey.rp, nonce: key }));
      return [passkey.signStatement("genkan/approval/v1", statement)];
    };
    expect(await shown(grants.echo.grant, approved)).toEqual({ refused: "approval-missing" });
  });

  test("can sign another history, which whoever kept a checkpoint finds with `genkan audit verify --since`", async () => {
    const { store, keys } = standIn.context;
    await rewriteLog(store.db, (body) => body.replaceAll('"request.approve"', '"request.pardon"'), keys.log);
    const lines: string[] = [];
    for await (const line of exportLog(store.db, Scope.system(), keys.log)) lines.push(line);
    const files = { log: join(world.folder, "rewritten.jsonl"), kept: join(world.folder, "kept.note") };
    writeFileSync(files.log, lines.join(""));
    writeFileSync(files.kept, kept);
    const verify = (...further: string[]) => {
      const args = ["bin/genkan.ts", "audit", "verify", files.log, "--key", keys.log.verifierKey, ...further, "--json"];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
      return { status, verdict: JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as object };
    };
    expect(keys.log.verifierKey).toBe(world.parts.fingerprints.logKey);
    // By itself it is a log like any other: its owner signed it.
    expect(verify()).toMatchObject({ status: 0, verdict: { ok: true } });
    expect(verify("--since", files.kept)).toMatchObject({
      status: 1,
      verdict: { ok: false, problem: "kept-mismatch", firstBad: 0, lastGood: null },
    });
  });
});
