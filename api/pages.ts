import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyHelmetOptions } from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, RouteShorthandOptions } from "fastify";
import type { Hosts } from "../authority/hosts.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";

/** Strict: nothing from elsewhere, no inline script; Mantine's style elements by a nonce, forms to access hosts only. */
export function contentSecurityPolicy(hosts: Hosts): FastifyHelmetOptions {
  const { protocol } = new URL(hosts.portal);
  const port = hosts.accessPort === null ? "" : `:${hosts.accessPort}`;
  return {
    enableCSPNonces: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'none'"],
        imgSrc: ["'self'", "data:"],
        connectSrc: ["'self'"],
        formAction: ["'self'", `${protocol}//*.${hosts.accessDomain}${port}`],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    // Kept by browsers for the name, whatever the port: only where TLS is.
    strictTransportSecurity: protocol === "https:" ? { maxAge: 31_536_000 } : false,
  };
}

/** The pages: built assets, and for every other path the face's own document with a fresh nonce in it. */
export async function pages(face: Face, app: FastifyInstance, folder: string): Promise<void> {
  const declare = (url: string): RouteShorthandOptions => ({
    bodyLimit: 1,
    config: {
      declared: {
        method: "GET",
        url,
        faces: [face],
        permission: "public",
        audit: "page.read",
        bodyLimit: 1,
        reply: null,
      },
    },
    schema: { hide: true },
  });
  await app.register(fastifyStatic, { root: folder, serve: false, index: false });
  // The build's own names, read once: what a stranger writes into an address never reaches the file system.
  const assets = new Set(await readdir(join(folder, "assets")).catch(() => []));
  app.get("/assets/*", declare("/assets/*"), (request, reply) => {
    const name = (request.params as { "*": string })["*"];
    if (!assets.has(name)) throw new GenkanError("not-found");
    return reply.sendFile(`assets/${name}`, { maxAge: "365d", immutable: true });
  });
  let built: Promise<string> | undefined;
  const document = (reply: FastifyReply) => {
    // Read once: it is asked for by anybody, and a crowd would take a file each.
    built ??= readFile(join(folder, `${face}.html`), "utf8").catch(() => {
      built = undefined;
      throw new GenkanError("internal", "The pages are not built.");
    });
    return sendDocument(reply, built);
  };
  app.get("/", declare("/"), (_request, reply) => document(reply));
  app.get("/*", declare("/*"), (request, reply) => {
    if (/^\/(api|oauth|assets)(\/|$)/.test(request.url)) throw new GenkanError("not-found");
    return document(reply);
  });
}

async function sendDocument(reply: FastifyReply, built: Promise<string>): Promise<FastifyReply> {
  const html = await built;
  return reply
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .send(html.replaceAll("__CSP_NONCE__", reply.cspNonce.style));
}
