import type { FastifyInstance } from "fastify";

/** The document of a face's routes, made from their own schemas. */
export function serveOpenApi(app: FastifyInstance): void {
  app.route({
    method: "GET",
    url: "/api/openapi.json",
    bodyLimit: 1,
    config: {
      declared: {
        method: "GET",
        url: "/api/openapi.json",
        faces: ["portal", "staff"],
        permission: "public",
        audit: "openapi.read",
        bodyLimit: 1,
        reply: null,
      },
    },
    schema: { hide: true },
    handler: () => app.swagger(),
  });
}
