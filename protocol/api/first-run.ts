import Type from "typebox";
import { Name, Strict } from "../schema.ts";

/** GET /api/first-run: whether the installation waits for its first administrator. */
export const FirstRunView = Strict({ waiting: Type.Boolean() });
export type FirstRunView = Type.Static<typeof FirstRunView>;

/** POST /api/first-run: the code of an enrolment link, by which the new administrator makes a passkey at once. */
export const FirstRun = {
  body: Strict({
    code: Type.String({ minLength: 16, maxLength: 40, pattern: "^[0-9A-Za-z -]+$" }),
    name: Name,
    login: Name,
  }),
  reply: Strict({ code: Type.String({ minLength: 16, maxLength: 64 }) }),
};
export type FirstRunBody = Type.Static<typeof FirstRun.body>;
