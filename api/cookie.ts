import type { FastifyReply } from "fastify";
import type { Token } from "../protocol/brand.ts";
import { limits } from "../protocol/limits.ts";

export const cookieName = "__Host-genkan";

export function setSignInCookie(reply: FastifyReply, token: Token): void {
  reply.setCookie(cookieName, token, {
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "strict",
    maxAge: limits.signInAbsoluteMs / 1000,
  });
}

export function clearSignInCookie(reply: FastifyReply): void {
  reply.clearCookie(cookieName, { path: "/", secure: true });
}
