import { createProgramKey, type ProgramKey } from "../../crypto/program-key.ts";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { LockView } from "../../protocol/api/lock.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { SessionTicket, SessionView } from "../../protocol/api/session.ts";
import { Random } from "../fuzz/random.ts";
import { sleep } from "../story/parts/wait.ts";
import { windowFromNow } from "../world/technician.ts";
import type { QuickWorld } from "../world/world.ts";
import type { Cast } from "./cast.ts";
import type { History, Story } from "./history.ts";
import { Tool } from "./tool.ts";

const hourMs = 3_600_000;
/** A window that closes while the run goes on. */
const shortWindowMs = 20_000;
const grantsWanted = 3;
const toolsWanted = 4;
/** Used tickets that are kept, to be tried again. */
const ticketsKept = 20;

interface Used {
  readonly ticket: SessionTicket;
  readonly programKey: ProgramKey;
}

/** One technician at work, with whoever approves and watches: asks, connects, ends, is revoked and locked. */
export class Load {
  readonly tools = new Set<Tool>();
  /** What was revoked, as its caller was told; nothing brings it back. */
  readonly revoked: GrantView[] = [];
  readonly #world: QuickWorld;
  readonly #cast: Cast;
  readonly #history: History;
  readonly #random: Random;
  readonly #me: Cast["technicians"][number];
  readonly #grants: GrantView[] = [];
  readonly #requests: RequestView[] = [];
  readonly #used: Used[] = [];
  /** Somebody meant to lock this person: whether it is so is not known until the call is answered. */
  #lockMeant = false;
  #locked = false;
  #working = false;
  #worked: Promise<void> = Promise.resolve();

  constructor(o: { world: QuickWorld; cast: Cast; history: History; seed: string; turn: number }) {
    this.#world = o.world;
    this.#cast = o.cast;
    this.#history = o.history;
    this.#me = o.cast.technicians[o.turn] as Cast["technicians"][number];
    this.#random = new Random(`${o.seed} ${this.#me.login}`);
  }

  get person(): string {
    return this.#me.id;
  }

  /** Locked, as the officer was told, and nobody has meant to lift it since. */
  get locked(): boolean {
    return this.#locked;
  }

  get live(): number {
    return [...this.tools].filter(({ over }) => !over).length;
  }

  begin(): void {
    this.#working = true;
    this.#worked = Promise.all([this.#work(), this.#talk()]).then(() => undefined);
  }

  /** Resolves when the last call has been answered or has failed. */
  async pause(): Promise<void> {
    this.#working = false;
    await this.#worked;
  }

  /** A grant of an hour with a session on it, where nothing is in the way. */
  async connectOnce(): Promise<Tool> {
    if (this.#lockMeant) await this.#lift();
    return this.#connect(await this.#ask(windowFromNow(-60_000, hourMs)));
  }

  /** Everything that must be refused, tried once more. */
  async tryAgain(): Promise<void> {
    for (const grant of this.revoked.slice(-2)) await this.#tryGrant("revoked grant", grant.id, grant);
    const [usable] = this.#grants.slice(-1);
    if (this.#locked && usable) await this.#tryGrant("locked person", this.person, usable);
    for (const used of this.#used.slice(-2)) await this.#tryTicket(used);
  }

  async #work(): Promise<void> {
    while (this.#working) {
      await this.#step().catch((error: unknown) => this.#history.fail(error));
      await sleep(50 + this.#random.below(250));
    }
  }

  async #talk(): Promise<void> {
    while (this.#working) {
      for (const tool of this.tools) {
        if (tool.over) this.tools.delete(tool);
        else tool.act();
      }
      await sleep(10 + this.#random.below(40));
    }
  }

  async #step(): Promise<void> {
    const random = this.#random;
    if (this.#lockMeant && random.once(6)) return this.#lift();
    const [usable] = this.#grants;
    if (this.#locked && usable && random.once(2)) return this.#tryGrant("locked person", this.person, usable);
    if (this.#locked) return this.#tryAgainOnce();
    if (this.#requests.length > 0 && random.once(3)) return this.#dismiss();
    if (this.#grants.length < grantsWanted) {
      await this.#ask(windowFromNow(-60_000, random.once(6) ? 60_000 + shortWindowMs : hourMs));
      return;
    }
    if (this.tools.size < toolsWanted && !random.once(4)) {
      await this.#connect(random.of(this.#grants));
      return;
    }
    const turn = random.below(12);
    if (turn < 5) return this.#finish(random.of([...this.tools]), turn);
    if (turn === 5) return this.#revoke();
    if (turn === 6 && this.#me.login === "suzuki") return this.#setLock();
    return this.#tryAgainOnce();
  }

  /** A request and its approval; what is left over from a failure is withdrawn or denied later. */
  async #ask(window: { start: string; end: string }): Promise<GrantView> {
    const { technician } = this.#me;
    const asked = await this.#history.call(
      "request.create",
      () => technician.request(this.#world.device("echo"), window),
      ({ id }) => id,
    );
    this.#requests.push(asked);
    const grant = await this.#history.call(
      "request.approve",
      () => this.#cast.approver.approve(asked),
      ({ id }) => id,
    );
    this.#requests.splice(this.#requests.indexOf(asked), 1);
    this.#grants.push(grant);
    return grant;
  }

  /** An approval may have been kept without its answer, so this may be refused as well. */
  async #dismiss(): Promise<void> {
    const [asked] = this.#requests.splice(0, 1);
    if (!asked) return;
    const path = `/api/requests/${asked.id}`;
    if (this.#random.once(2))
      await this.#history.call(
        "request.withdraw",
        () => this.#me.technician.post(`${path}/withdrawal`),
        () => asked.id,
      );
    else
      await this.#history.call(
        "request.deny",
        () => this.#cast.approver.post(`${path}/denial`, { reason: "no" }),
        () => asked.id,
      );
  }

  async #connect(grant: GrantView): Promise<Tool> {
    const { technician } = this.#me;
    const programKey = createProgramKey();
    const askedAt = Date.now();
    const ticket = await this.#history
      .call(
        "session.admit",
        () => technician.admit(grant, programKey),
        ({ session }) => session,
      )
      .catch((error: unknown) => {
        // Closed, or the hour is full of sessions that wait for their end.
        if (String(error).includes("denied")) this.#forget(grant);
        throw error;
      });
    const { session, windowEnd } = ticket;
    const person = this.person;
    const story: Story = { session, grant: grant.id, person, askedAt, windowEnd, proven: false, opened: 0, sent: 0 };
    this.#history.stories.set(session, story);
    const tunnel = await technician.open(ticket, programKey);
    story.proven = true;
    this.#used.push({ ticket, programKey });
    if (this.#used.length > ticketsKept) this.#used.shift();
    const tool = new Tool(story, tunnel, this.#random);
    this.tools.add(tool);
    return tool;
  }

  async #finish(tool: Tool | undefined, turn: number): Promise<void> {
    if (!tool) return;
    const { session } = tool.story;
    if (turn < 2) return this.#history.mean("ended-by-technician", session, () => tool.close());
    const [reason, who] =
      turn < 4
        ? (["ended-by-technician", this.#me.technician] as const)
        : (["ended-by-staff", this.#cast.officer] as const);
    await this.#history.call(
      "session.end",
      () =>
        this.#history.mean(reason, session, () =>
          who.post<SessionView>(`/api/sessions/${session}/end`, { reason: null }),
        ),
      () => session,
    );
  }

  async #revoke(): Promise<void> {
    const grant = this.#random.of(this.#grants);
    this.#forget(grant);
    await this.#history.call(
      "grant.revoke",
      () =>
        this.#history.mean("revoked", grant.id, () =>
          this.#cast.officer.post(`/api/grants/${grant.id}/revocation`, { reason: "no" }),
        ),
      () => grant.id,
    );
    this.revoked.push(grant);
  }

  async #setLock(): Promise<void> {
    const body = { kind: "person", target: this.person, reason: "away" };
    this.#lockMeant = true;
    await this.#history.call(
      "lock.set",
      () => this.#history.mean("locked", this.person, () => this.#cast.officer.post<LockView>("/api/locks", body)),
      ({ id }) => id,
    );
    this.#locked = true;
  }

  async #lift(): Promise<void> {
    this.#locked = false;
    const { locks } = await this.#cast.officer.get<{ locks: LockView[] }>("/api/locks");
    // One whose answer was lost is lifted too.
    for (const { id, target, liftedAt } of locks) {
      if (target !== this.person || liftedAt !== null) continue;
      await this.#history.call(
        "lock.lift",
        () => this.#cast.officer.post(`/api/locks/${id}/lift`, { reason: "back" }),
        () => id,
      );
    }
    this.#lockMeant = false;
  }

  async #tryAgainOnce(): Promise<void> {
    const used = this.#random.of(this.#used);
    if (used) await this.#tryTicket(used);
  }

  async #tryTicket({ ticket, programKey }: Used): Promise<void> {
    const code = await this.#me.technician.open(ticket, programKey).then((tunnel) => {
      tunnel.close();
      return null;
    }, codeOf);
    this.#history.attempts.push({ what: "used ticket", of: ticket.session, code });
  }

  async #tryGrant(what: "revoked grant" | "locked person", of: string, grant: GrantView): Promise<void> {
    const code = await this.#me.technician.admit(grant, createProgramKey()).then(() => null, codeOf);
    this.#history.attempts.push({ what, of, code });
  }

  #forget(grant: GrantView): void {
    const at = this.#grants.indexOf(grant);
    if (at !== -1) this.#grants.splice(at, 1);
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return /"reasons":\[[^\]]*\]/.exec(String(message))?.[0] ?? (typeof code === "string" ? code : String(message));
}
