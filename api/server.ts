import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { PersonCaller } from "../authority/caller.ts";
import type { Context } from "../authority/context.ts";
import { faceOrigin } from "../authority/hosts.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { RefusalBudget } from "../authority/refusal-budget.ts";
import { boundPipelining, takeOver } from "../link/pipelining.ts";
import { Problem } from "../protocol/api/problem.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { requireRelease, versionHeader } from "../protocol/version.ts";
import type { Sequencer } from "../store/sequencer.ts";
import { accountRoutes } from "./account-routes.ts";
import { administrationRoutes } from "./administration-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { authenticate, checkNotForeign, inRole } from "./authenticate.ts";
import { deviceCodeRoutes } from "./device-code-routes.ts";
import { downloadRoutes } from "./download-routes.ts";
import type { Downloads } from "./downloads.ts";
import { type Declared, type Endpoint } from "./endpoint.ts";
import { enrolmentRoutes } from "./enrolment-routes.ts";
import { type FaceCertificate, makeServer } from "./face-server.ts";
import { firstRunRoutes } from "./first-run-routes.ts";
import { answerLargeHead } from "./large-head.ts";
import { liveEvents } from "./live-events.ts";
import { answerOAuth } from "./oauth-error.ts";
import { serveOpenApi } from "./open-api.ts";
import { oversightRoutes } from "./oversight-routes.ts";
import { ownAccountRoutes } from "./own-account-routes.ts";
import { contentSecurityPolicy, pages } from "./pages.ts";
import { answerProblem } from "./problem.ts";
import { ReadTurns } from "./read-turns.ts";
import { sheetRoutes } from "./sheet-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { requireStillSignedIn } from "./still-signed-in.ts";
import { UnreadAnswers } from "./unread-answers.ts";
import type { WaitingRoom } from "./waiting-room.ts";
import { workRoutes } from "./work-routes.ts";
import { workstationRoutes } from "./workstation-routes.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    declared?: Declared;
  }
  interface FastifyRequest {
    caller: PersonCaller | null;
    /** Lets the caller's next read begin. */
    read: (() => void) | null;
  }
}

export interface FaceOptions {
  readonly context: Context;
  readonly face: Face;
  readonly leases: LeaseRenewal;
  readonly sequencer: Sequencer;
  /** Of all faces of a process: passwords of either cost the same memory. */
  readonly scrypt: WaitingRoom;
  /** Folder of the built pages. */
  readonly pages: string;
  /** Command lines that the portal offers. */
  readonly downloads: Downloads;
  /** Of the face's own host; none for a name under .localhost, which is served over http. */
  readonly certificate?: FaceCertificate;
}

/** Every route of a face, as the tests of routes and roles read it. */
export function endpoints({ context, face, leases, sequencer, scrypt, downloads }: FaceOptions): Endpoint[] {
  return [
    ...signInRoutes(context, face, scrypt),
    ...enrolmentRoutes(context, face, scrypt),
    ...workstationRoutes(context, face),
    ...deviceCodeRoutes(context, face),
    ...workRoutes(context),
    ...oversightRoutes(context, leases),
    ...administrationRoutes(context, leases),
    ...firstRunRoutes(context),
    ...accountRoutes(context),
    ...sheetRoutes(context, leases),
    ...ownAccountRoutes(context, scrypt),
    ...auditRoutes(context, sequencer),
    ...downloadRoutes(downloads),
  ].filter(({ faces }) => faces.includes(face));
}

/** One face of the authority: its API, its pages, its live events. The caller listens, or hands connections over. */
export async function buildFace(options: FaceOptions): Promise<FastifyInstance> {
  const { context: c, face } = options;
  const refusals = new RefusalBudget(c, { face });
  const unread = new UnreadAnswers();
  const reads = new ReadTurns();
  const fail = (request: FastifyRequest, reply: FastifyReply, error: unknown) => {
    // A URL that leads to no route at all has no declarations.
    const config = request.routeOptions.config as { declared?: Declared } | undefined;
    const action = config?.declared?.audit ?? "call.unknown";
    const caller = request.caller ?? null;
    const logged = () => refusals.take(request.ip, caller);
    const of = { face, caller, action, request, reply, logged };
    return request.url.startsWith("/oauth/") ? answerOAuth(c, of, error) : answerProblem(c, of, error);
  };
  const app = fastify({
    logger: false,
    // Refused before there is a route: an escape in the URL that stands for nothing, an id beyond all length.
    frameworkErrors: (error, request, reply) =>
      void fail(request, reply, error).catch((cause: unknown) => {
        c.programLog.error(
          { event: "api.refusal.unanswered", error: String(cause) },
          "a refusal could not be answered",
        );
        request.raw.destroy();
      }),
    bodyLimit: limits.bodyBytes,
    serverFactory: (handler) => {
      const server = makeServer(options.certificate);
      // A client that does not read keeps its answer in our memory; node ends such a connection.
      server.timeout = limits.answerStallMs;
      // No page of ours asks so; whoever does is no caller yet, so there is nothing to record (A16).
      boundPipelining(server, handler, () => {});
      server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
        if (error.code === "HPE_HEADER_OVERFLOW" && socket.writable) answerLargeHead(socket);
        // Bytes that are no HTTP get no answer.
        else socket.destroy();
      });
      // The WebSocket plugin fails at such a connection, and would leave it open for good.
      server.on("upgrade", (request, socket: Duplex) => takeOver(request, socket)?.detachSocket(socket as Socket));
      return server;
    },
  });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.decorateRequest("caller", null);
  app.decorateRequest("read", null);
  app.setErrorHandler((error, request, reply) => fail(request, reply, error));
  app.setNotFoundHandler((request, reply) => fail(request, reply, new GenkanError("not-found")));
  requireDeclarations(app);
  app.addHook("onClose", () => refusals.close());

  await app.register(cookie);
  await app.register(formbody, { bodyLimit: limits.bodyBytes });
  await app.register(helmet, contentSecurityPolicy(c.hosts));
  await app.register(websocket, { options: { maxPayload: 1_024 } });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: `Genkan, ${face}`, version: "1" },
      servers: [{ url: faceOrigin(c.hosts, face) }],
    },
  });
  // After the plugins, whose headers and farewells a refusal needs too: a socket that asked for an upgrade is closed by one.
  // Another name that resolves here is not this host (DNS rebinding).
  app.addHook("onRequest", async (request) => {
    if (request.headers.host !== new URL(faceOrigin(c.hosts, face)).host) throw new GenkanError("host-mismatch");
    // Pages come from here and are as new; a command line says its release, and may be of long ago.
    const said = request.headers[versionHeader];
    if (said !== undefined) requireRelease(String(said));
  });
  // The permission is checked before the body is read: a caller without it sends nothing in. It is checked here for every
  // route, so that none can be without.
  app.addHook("onRequest", async (request, reply) => {
    const { declared } = request.routeOptions.config;
    if (declared === undefined) return;
    if (declared.permission === "public") return checkNotForeign(c, face, request);
    // A page that listens again after its connection broke does nothing that a person did.
    request.caller = await authenticate(c, face, request, { awake: declared.audit !== "events.watch" });
    request.caller = permit(declared, request.caller);
    if (declared.method === "GET" && declared.reply !== null && request.caller)
      return inTurn(reads, request.caller, request, reply);
  });
  app.addHook("onSend", async (request, reply, payload) => {
    // What somebody was told is theirs, and old a moment later; only the build's own files say otherwise (RFC 6749, 5.1).
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
    request.read?.();
    const by = request.caller?.person.id ?? networkOf(request.ip);
    if (unread.take(by, bytes, reply.raw)) return payload;
    request.raw.destroy();
    return "";
  });
  app.addHook("preHandler", async ({ body, caller }) => {
    if (body !== undefined && caller) await requireStillSignedIn(c, caller);
  });
  await app.register(async (scope) => {
    for (const route of endpoints(options)) register(scope, route);
    serveOpenApi(scope);
    liveEvents(c, face, scope);
    await pages(face, scope, options.pages);
  });
  await app.ready();
  return app;
}

/** From here on a route without a declared permission, audit action or body limit stops the start (A7). */
export function requireDeclarations(app: FastifyInstance): void {
  app.addHook("onRoute", ({ url, method, config, bodyLimit }) => {
    // Made by fastify for each GET, with its declarations.
    if (method === "HEAD") return;
    const { permission, audit } = config?.declared ?? {};
    if (permission === undefined || !audit || bodyLimit === undefined)
      throw new Error(`The route ${String(method)} ${url} declares no permission, audit action or body limit.`);
  });
}

function register(app: FastifyInstance, route: Endpoint): void {
  app.route({
    method: route.method,
    url: route.url,
    bodyLimit: route.bodyLimit,
    config: { declared: route },
    schema: {
      ...(route.body ? { body: route.body } : {}),
      ...(route.params ? { params: route.params } : {}),
      ...(route.query ? { querystring: route.query } : {}),
      response: {
        ...(route.reply ? { [route.status ?? 200]: route.reply } : {}),
        default: {
          description: "Problem details (RFC 9457)",
          content: { "application/problem+json": { schema: Problem } },
        },
      },
    },
    preValidation: async (request) => {
      if (route.method === "POST" && route.body) checkMediaType(route, request);
    },
    handler: async (request, reply) => {
      reply.code(route.status ?? 200);
      const { caller, body, params, query } = request;
      return route.handle({ caller, body, params, query, request, reply });
    },
  });
}

/** Waits for the caller's turn to read; who has gone meanwhile gets nothing made. */
async function inTurn(turns: ReadTurns, { person }: PersonCaller, request: FastifyRequest, reply: FastifyReply) {
  const read = await turns.take(person.id, () => request.raw.socket.destroyed);
  if (!read) return reply.hijack();
  request.read = read;
  reply.raw.once("close", read);
}

/** The one permission check (A7): the caller, with no more in sight than that in which they hold a role that the route asks for. */
function permit({ permission }: Declared, caller: PersonCaller | null): PersonCaller | null {
  if (permission === "public") return caller;
  if (!caller) throw new GenkanError("unauthenticated");
  if (permission === "signed-in") return caller;
  const permitted = inRole(caller, permission);
  // Forbidden looks like unknown.
  if (!permitted) throw new GenkanError("not-found");
  return permitted;
}

/** A form can be posted by any page of the web; JSON can't without our leave (A14). */
function checkMediaType(route: Endpoint, request: FastifyRequest): void {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  const wanted = route.form ? "application/x-www-form-urlencoded" : "application/json";
  if (type.trim().toLowerCase() !== wanted) throw new GenkanError("media-type-refused");
}
