import type { Hash, Pin, Thumbprint, Token } from "../protocol/brand.ts";

/** Texts that a test makes up, as what the part under test takes them for. */
export const asHash = (text: string): Hash => text as Hash;
export const asPin = (text: string): Pin => text as Pin;
export const asToken = (text: string): Token => text as Token;
export const asThumbprint = (text: string): Thumbprint => text as Thumbprint;
