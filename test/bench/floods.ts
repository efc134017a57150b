import { connect } from "node:net";
import { newId } from "../../crypto/random.ts";
import { limits } from "../../protocol/limits.ts";
import type { Id } from "../../protocol/make-id.ts";
import type { Person } from "../world/person.ts";
import { type Technician, windowFromNow } from "../world/technician.ts";
import type { QuickWorld } from "../world/world.ts";

/** What one person or stranger does against everybody else at the portal, from loopback addresses, until it is stopped. */
export interface Flood {
  readonly name: string;
  readonly what: string;
  /** Leaves writers behind that wait for as long as any may. */
  readonly queues?: true;
  /** Begins it; returns how to stop it, which says how many connections or requests it made. */
  begin(): () => number;
}

type Device = { id: Id<"device">; service: Id<"service"> };
const longestPlan = "🔧".repeat(limits.planCharacters);
/** Guesses at a passkey's sign-in that are sent in one flood. */
const mostGuesses = 1_500;
/** A caller who does not read sees no end either, so it leaves by the clock and comes again. */
const unreadMs = 250;

/** The floods by one technician's lists, by guesses and by refusals; {@link fillLists} makes the lists long. */
export function floodsOf(world: QuickWorld, flooder: Technician, device: Device): Flood[] {
  return [
    listsFlood(world, flooder),
    {
      name: "unread",
      what: "the same lists asked for on 16 connections and never read",
      begin: () => unread(world, ask(flooder, "GET", "/api/requests").repeat(limits.pipelinedRequests), 16),
    },
    {
      name: "guesses",
      what: `${mostGuesses} guesses at the passkey sign-in from 100 addresses, 16 at once each`,
      queues: true,
      begin: () => guesses(world, flooder, 100),
    },
    {
      name: "refusals",
      what: "a signed-in person's requests that are refused, 16 at once on 16 connections",
      begin: () => {
        const text = batch((close) => ask(flooder, "GET", `/api/requests/${newId("request")}`, { close }));
        return together(16, () => endless(world, "127.0.0.1", () => text));
      },
    },
    {
      name: "texts",
      what: "four hands that ask with the longest plan and withdraw",
      begin: () => together(4, () => hand(flooder, device)),
    },
  ];
}

/** One technician's longest list, pipelined as far as a connection may, on four connections that read it all. */
export function listsFlood(world: QuickWorld, flooder: Technician): Flood {
  return {
    name: "lists",
    what: "one technician's longest list, 16 at once on 4 connections",
    begin: () => {
      const text = batch((close) => ask(flooder, "GET", "/api/requests", { close }));
      return together(4, () => endless(world, "127.0.0.1", () => text));
    },
  };
}

/** Asks and withdraws until the technician's list is as long as any gets, or no more of it is taken. */
export async function fillLists(technician: Technician, device: Device): Promise<void> {
  for (let i = 0; i < limits.listedPast; i++) if (!(await askAndWithdraw(technician, device))) return;
}

async function askAndWithdraw(technician: Technician, device: Device): Promise<boolean> {
  const wish = await technician.wish(device, [windowFromNow(3_600_000, 3_600_000)]);
  const request = await technician.sign({ ...wish, plan: longestPlan });
  const asked = await technician.ask("POST", "/api/requests", { request });
  await technician.ask("POST", `/api/requests/${wish.id}/withdrawal`, {});
  return asked.status === 201;
}

function hand(technician: Technician, device: Device): () => number {
  let [count, stopped] = [0, false];
  void (async () => {
    // What is refused or reset under the flood is the flood's own business.
    for (; !stopped; count++) await askAndWithdraw(technician, device).catch(() => {});
  })();
  return () => {
    stopped = true;
    return count;
  };
}

/** Sends what `next` makes of the last connection's answers, reads until the end, and comes again while there is something. */
function endless(
  world: QuickWorld,
  from: string,
  next: (answers: string) => string | null,
  keep = false,
): () => number {
  let [count, stopped] = [0, false];
  let leave = () => {};
  const come = (answers: string) => {
    const text = stopped ? null : next(answers);
    if (text === null) return;
    count += 1;
    let heard = "";
    const socket = connect({ port: world.parts.ports.public, host: "127.0.0.1", localAddress: from });
    leave = () => socket.destroy();
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (keep) heard += chunk.toString("latin1");
    });
    // Not before the next turn: a door that is shut at once would be knocked at without a pause.
    socket.once("close", () => setTimeout(come, 1, heard));
    socket.write(text);
  };
  come("");
  return () => {
    stopped = true;
    leave();
    return count;
  };
}

function unread(world: QuickWorld, text: string, connections: number): () => number {
  let count = 0;
  const come = () =>
    Array.from({ length: connections }, () => {
      count += 1;
      const socket = connect({ port: world.parts.ports.public, host: "127.0.0.1" }).pause();
      socket.on("error", () => {});
      socket.write(text);
      return socket;
    });
  let open = come();
  const timer = setInterval(() => {
    for (const socket of open) socket.destroy();
    open = come();
  }, unreadMs);
  return () => {
    clearInterval(timer);
    for (const socket of open) socket.destroy();
    return count;
  };
}

/** Each address begins sign-ins, and answers what it was given with a signature of nobody's. */
function guesses(world: QuickWorld, as: Person, addresses: number): () => number {
  const begin = batch((close) => ask(as, "POST", "/api/sign-in/begin", { close, body: {}, nobody: true }));
  const response = as.assertion("AAAA");
  let left = mostGuesses;
  const guess = (answers: string) => {
    if (left <= 0) return null;
    const begun = [...answers.matchAll(/"ceremony":"([^"]+)"/g)].map(([, ceremony]) => ceremony);
    if (begun.length === 0) return begin;
    left -= begun.length;
    return begun
      .map((ceremony, i) => {
        const close = i === begun.length - 1;
        return ask(as, "POST", "/api/sign-in/passkey", { close, body: { ceremony, response }, nobody: true });
      })
      .join("");
  };
  return together(addresses, (i) => endless(world, `127.0.3.${i + 1}`, guess, true));
}

function together(count: number, begin: (i: number) => () => number): () => number {
  const stops = Array.from({ length: count }, (_, i) => begin(i));
  return () => stops.reduce((sum, stop) => sum + stop(), 0);
}

/** As many requests as one connection may leave unanswered; the last one ends it. */
const batch = (request: (close: boolean) => string) =>
  Array.from({ length: limits.pipelinedRequests }, (_, i) => request(i === limits.pipelinedRequests - 1)).join("");

function ask(
  as: Person,
  method: "GET" | "POST",
  path: string,
  o: { close?: boolean; body?: object; nobody?: true } = {},
): string {
  const text = o.body === undefined ? "" : JSON.stringify(o.body);
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${new URL(as.origin).host}`, `origin: ${as.origin}`];
  if (!o.nobody) lines.push(`cookie: __Host-genkan=${as.cookie}`);
  if (o.body !== undefined) lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(text)}`);
  if (o.close) lines.push("connection: close");
  return `${lines.join("\r\n")}\r\n\r\n${text}`;
}
