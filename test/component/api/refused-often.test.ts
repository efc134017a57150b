import { describe, expect, test } from "vitest";
import { newId } from "../../../crypto/random.ts";
import { limits } from "../../../protocol/limits.ts";
import { Faces, said } from "./world.ts";

/** Changes that were kept while `work` ran. */
async function commits(f: Faces, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  f.world.store.onCommit(() => void count++);
  await work();
  return count;
}

const guess = () => ({ ceremony: newId("ceremony"), response: { id: "x" } });

describe("who is refused often", () => {
  test("and is signed in has a share of the log, and a count by name beyond it", async () => {
    const f = await Faces.open();
    const token = await f.token("technician");
    const other = await f.token("colleague");
    const tries = limits.refusalsLoggedPerPerson + 40;
    const records = await f.recorded(async () => {
      for (let n = 0; n < tries; n++)
        expect(said(await f.post("portal", "/api/requests", { nonsense: n }, { as: token }))).toBe("400 bad-request");
      // Their share is their own.
      await f.post("portal", "/api/requests", {}, { as: other });
      await (await f.app("portal")).close();
    });
    const one = records.filter(({ action }) => action === "request.create").map(({ actor }) => actor);
    const { technician, colleague } = f.world.people;
    const of = (id: string) => one.filter((actor) => JSON.stringify(actor).includes(id));
    expect([of(technician.id).length, of(colleague.id).length]).toEqual([limits.refusalsLoggedPerPerson, 1]);
    const counts = records.filter(({ action }) => action === "refusals.counted");
    expect(counts).toMatchObject([{ actor: { id: technician.id }, facts: { count: 40 } }]);
  });

  test("for guesses at a passkey's sign-in writes nothing but that share", async () => {
    const f = await Faces.open();
    const written = await commits(f, async () => {
      for (let n = 0; n < limits.refusalsLoggedPerAddress + 100; n++)
        expect(said(await f.post("portal", "/api/sign-in/passkey", guess()))).toBe("400 ceremony-invalid");
    });
    expect(written).toBe(limits.refusalsLoggedPerAddress);
  });

  test("with one ceremony spends it by the first answer, and writes no more for the others than their share", async () => {
    const f = await Faces.open();
    const { body } = await f.post<{ ceremony: string }>("portal", "/api/sign-in/begin");
    const answer = { ceremony: body.ceremony, response: { id: "x" } };
    const answers: string[] = [];
    const written = await commits(f, async () => {
      for (let n = 0; n < limits.refusalsLoggedPerAddress + 20; n++)
        answers.push(said(await f.post("portal", "/api/sign-in/passkey", answer)));
    });
    expect(new Set(answers.slice(1))).toEqual(new Set(["400 ceremony-invalid"]));
    expect(answers[0]).toBe("401 sign-in-failed");
    expect(written).toBe(1 + limits.refusalsLoggedPerAddress);
  });
});
