import { Redis } from "ioredis";
import { Check } from "typebox/value";
import { randomToken } from "../crypto/random.ts";
import { revealSecret, type Secret } from "../crypto/secret.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { BusHint, topics as everyTopic, type Topic } from "../protocol/topic.ts";
import { type Bus, inProcessBus } from "./bus.ts";
import { parseServerUrl } from "./server-address.ts";

/**
 * For several processes of one installation (`channel`): hints cross a Redis server, and those of this process reach its
 * own listeners without it. A server that is away costs nothing but moments: what could not be told is told when it is
 * back, and what could not be heard is made good by asking for everything again. Throws `bad-request` for a URL that is
 * not `redis://[user:password@]host[:port]`.
 */
export function redisBus(o: { url: Secret; channel: string; programLog: ProgramLog }): Bus {
  const here = inProcessBus();
  const self = randomToken(9);
  const unsent = new Set<Topic>();
  let sending: Promise<void> | null = null;
  const publisher = client(o.url, { name: "the bus", programLog: o.programLog, onReady: () => send() });
  const subscriber = client(o.url, { name: "the bus's hints", programLog: o.programLog, onReady: () => void listen() });

  /** One message at a time: what comes meanwhile goes with the next, so nothing grows while the server is slow or away. */
  function send(): void {
    if (sending || unsent.size === 0 || publisher.status !== "ready") return;
    const topics = [...unsent];
    unsent.clear();
    sending = bounded(publisher, publisher.publish(o.channel, JSON.stringify({ from: self, topics }))).then(
      () => {
        sending = null;
        send();
      },
      () => {
        // Not at once again: a server that refuses would be asked without end. The next turn of the clock takes it along.
        sending = null;
        for (const topic of topics) unsent.add(topic);
      },
    );
  }

  async function listen(): Promise<void> {
    await bounded(subscriber, subscriber.subscribe(o.channel)).then(
      () => here.publish(everyTopic),
      () => {},
    );
  }

  subscriber.on("message", (_channel: string, text: string) => {
    const hint = parseHint(text);
    if (hint && hint.from !== self) here.publish(hint.topics);
  });
  // A line that broke without a word brings no hints and no error.
  const pings = setInterval(() => {
    send();
    if (subscriber.status === "ready") bounded(subscriber, subscriber.ping()).catch(() => {});
  }, limits.busPingMs).unref();

  return {
    publish(topics) {
      here.publish(topics);
      for (const topic of topics) unsent.add(topic);
      send();
    },
    subscribe: (listener) => here.subscribe(listener),
    close: async () => {
      clearInterval(pings);
      for (const until = performance.now() + limits.busCloseMs; unsent.size > 0 || sending; )
        if (performance.now() > until) break;
        else await new Promise((resolve) => setTimeout(resolve, 10));
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** Rejects after {@link limits.busReplyMs}, and dials anew: a server that stands still would hold every later message up. */
async function bounded(redis: Redis, command: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      redis.disconnect(true);
      reject(new Error("The bus did not answer in time."));
    }, limits.busReplyMs);
  });
  // The command itself fails later, when its connection is gone.
  command.catch(() => {});
  await Promise.race([command, late]).finally(() => clearTimeout(timer));
}

function client(url: Secret, o: { name: string; programLog: ProgramLog; onReady: () => void }): Redis {
  const { host, port, user, password, tls } = parseServerUrl(url, "redis");
  const redis = new Redis({
    ...(host.startsWith("/") ? { path: host } : { host, port: port ?? 6379 }),
    ...(user === "" ? {} : { username: user }),
    ...(revealSecret(password) === "" ? {} : { password: revealSecret(password) }),
    ...(tls === null ? {} : { tls: { rejectUnauthorized: true, ...(tls.ca === null ? {} : { ca: tls.ca }) } }),
    connectionName: "genkan-authority",
    connectTimeout: limits.busConnectMs,
    keepAlive: limits.tcpKeepAliveMs,
    // Hints are not worth a queue: what waits, waits as a set of topics above.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(limits.redialFirstMs * 2 ** (times - 1), limits.redialMs),
  });
  let up: boolean | undefined;
  redis.on("ready", () => {
    if (up === false) o.programLog.info({ event: "bus.back", link: o.name }, "is back");
    up = true;
    o.onReady();
  });
  redis.on("close", () => {
    if (up !== false)
      o.programLog.warn({ event: "bus.away", link: o.name }, "is away: pages of other processes hear of changes later");
    up = false;
  });
  // Told by "close"; an error of this library may hold the command that failed, and with it the password.
  redis.on("error", () => {});
  return redis;
}

/** Null for what is no hint. */
export function parseHint(text: string): BusHint | null {
  if (text.length > limits.busMessageBytes) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Check(BusHint, value) ? value : null;
  } catch {
    return null;
  }
}
