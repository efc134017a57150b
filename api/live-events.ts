import type { WebSocket } from "@fastify/websocket";
import type { FastifyInstance } from "fastify";
import type { Context } from "../authority/context.ts";
import type { LiveEvent } from "../protocol/api/live-event.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import type { Topic } from "../protocol/topic.ts";
import { authenticate, checkSameOrigin } from "./authenticate.ts";

/**
 * Live events of the pages: names of what changed, gathered for a moment, and nothing else. A browser does not keep other
 * pages from opening a WebSocket here, so the origin is checked (A14).
 */
export function liveEvents(c: Context, face: Face, app: FastifyInstance): void {
  app.route({
    method: "GET",
    url: "/api/events",
    bodyLimit: 1,
    config: {
      declared: {
        method: "GET",
        url: "/api/events",
        faces: [face],
        permission: "signed-in",
        audit: "events.watch",
        bodyLimit: 1,
        reply: null,
      },
    },
    schema: { hide: true },
    onRequest: async (request) => {
      if (request.headers.origin === undefined) throw new GenkanError("origin-refused");
      checkSameOrigin(c, face, request);
    },
    handler: (_request, reply) => reply.code(426).send(),
    wsHandler: (socket: WebSocket, request) => {
      const stop = tell(c, socket);
      const watch = setInterval(() => {
        // A page that only listens does not keep its sign-in awake, and ends with it.
        authenticate(c, face, request, { awake: false }).then(
          (caller) => caller ?? socket.close(1008),
          () => socket.close(1011),
        );
      }, limits.eventsCheckMs);
      socket.on("close", () => {
        stop();
        clearInterval(watch);
      });
      socket.on("error", () => socket.terminate());
    },
  });
}

function tell(c: Context, socket: WebSocket): () => void {
  const gathered = new Set<Topic>();
  let timer: NodeJS.Timeout | undefined;
  const stop = c.store.bus.subscribe((topics) => {
    for (const topic of topics) gathered.add(topic);
    timer ??= setTimeout(() => {
      timer = undefined;
      const event: LiveEvent = { topics: [...gathered] };
      gathered.clear();
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(event));
    }, limits.eventsGatherMs);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
