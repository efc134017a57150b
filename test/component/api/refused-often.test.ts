import { describe, expect, test, vi } from "vitest";
import { newId } from "../../../crypto/random.ts";
import { limits } from "../../../protocol/limits.ts";
import { networkOf } from "../../../protocol/network.ts";
import type { Turn } from "../../../store/turn.ts";
import { Faces, said } from "./world.ts";

/** Who waits to write, in which lane and in whose name, while `work` runs. */
async function turns(f: Faces, work: () => Promise<unknown>): Promise<(Turn | undefined)[]> {
  const change = vi.spyOn(f.world.store, "change");
  await work();
  const taken = change.mock.calls.map(([, turn]) => turn);
  change.mockRestore();
  return taken;
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

  test("for guesses at a passkey's sign-in takes no turn to write but for that share", async () => {
    const f = await Faces.open();
    const taken = await turns(f, async () => {
      for (let n = 0; n < limits.refusalsLoggedPerAddress + 100; n++)
        expect(said(await f.post("portal", "/api/sign-in/passkey", guess()))).toBe("400 ceremony-invalid");
    });
    expect(taken).toHaveLength(limits.refusalsLoggedPerAddress);
  });

  test("with one ceremony spends it by the first answer, and writes no more for the others than their share", async () => {
    const f = await Faces.open();
    const { body } = await f.post<{ ceremony: string }>("portal", "/api/sign-in/begin");
    const answer = { ceremony: body.ceremony, response: { id: "x" } };
    const answers: string[] = [];
    const taken = await turns(f, async () => {
      for (let n = 0; n < limits.refusalsLoggedPerAddress + 20; n++)
        answers.push(said(await f.post("portal", "/api/sign-in/passkey", answer)));
    });
    expect(new Set(answers.slice(1))).toEqual(new Set(["400 ceremony-invalid"]));
    expect(answers[0]).toBe("401 sign-in-failed");
    expect(taken).toHaveLength(1 + limits.refusalsLoggedPerAddress);
  });

  test("waits to write with others of their own network, whatever it is that they ask; who is signed in, with themselves", async () => {
    const f = await Faces.open();
    const taken = await turns(f, async () => {
      const { body } = await f.post<{ ceremony: string }>("portal", "/api/sign-in/begin");
      await f.post("portal", "/api/sign-in/passkey", { ceremony: body.ceremony, response: { id: "x" } });
      await f.post("portal", "/api/enrolment/begin", { code: "x" });
      await f.post("staff", "/oauth/device_authorization", undefined, { form: { client_id: "genkan-cli" } });
      await f.post("staff", "/oauth/token", undefined, { form: { nonsense: "x" } });
    });
    // A ceremony; it is spent, and the guess refused; a refusal; a code; a refusal.
    expect(taken).toEqual(Array.from({ length: 6 }, () => ({ lane: "usual", by: networkOf("127.0.0.1") })));
    const as = await f.token("technician");
    const own = await turns(f, () => f.post("portal", "/api/requests", {}, { as }));
    expect(own).toEqual([{ lane: "usual", by: f.world.people.technician.id }]);
  });
});
