import { type ErrorCode, errors as titles } from "../../protocol/error.ts";

/** The title that the API answers with, so that a program and a person read the same words. */
export const errors = Object.fromEntries(Object.entries(titles).map(([code, { title }]) => [code, title])) as Readonly<
  Record<ErrorCode, string>
>;
