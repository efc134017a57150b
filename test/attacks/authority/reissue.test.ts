import { describe, expect, test, vi } from "vitest";
import type { Factor } from "../../../protocol/factor.ts";
import { setPersonActive } from "../../../store/person.ts";
import { confirm, proof, Terminal } from "../../component/api/terminal.ts";
import { Faces, said } from "../../component/api/world.ts";
import { wish } from "../../component/authority/parts.ts";
import { hosts } from "../../component/authority/world.ts";

/** A terminal whose code a browser with these factors has confirmed; it has not asked for its token yet. */
async function confirmed(factors: readonly Factor[]) {
  const f = await Faces.open();
  const terminal = new Terminal(f, "portal");
  await terminal.begin();
  const { token: as, caller } = await f.world.signIn("technician", { factors });
  expect(said(await confirm(terminal, "technician", { as }))).toBe("200");
  f.world.clock += 10_000;
  return { f, terminal, as, caller };
}

/** A call with the token. */
async function byToken(f: Faces, { dpop }: Terminal, token: string, url: string, body?: object) {
  const htm = body === undefined ? "GET" : "POST";
  const shown = await proof(f, dpop, { token, htm, htu: `${hosts.portal}${url}` });
  const headers = { authorization: `DPoP ${token}`, dpop: shown, origin: null, "sec-fetch-site": null };
  return f.ask("portal", htm, url, body === undefined ? { headers } : { headers, body });
}

/** What sign-ins prove; the first two are not enough to ask for anything. */
const proofs: readonly (readonly Factor[])[] = [["password"], ["totp"], ["password", "totp"], ["passkey"]];

describe("A20: a token of the command line, which a browser's sign-in was turned into,", () => {
  test.each(proofs.map((factors) => [factors.join(" and "), factors] as const))(
    "A20: has the factors, person and workstation of that sign-in, and no more: %s",
    async (_what, factors) => {
      const { f, terminal, caller } = await confirmed(factors);
      const { body } = await terminal.poll();
      const me = await byToken(f, terminal, String(body.access_token), "/api/me");
      expect(me.body).toMatchObject({
        person: { id: caller.person.id },
        workstation: { id: caller.signIn.workstation },
        factors: [...factors],
      });
    },
  );

  test.each(proofs.map((factors) => [factors.join(" and "), factors] as const))(
    "A20: is refused what the browser is refused, and allowed what that is allowed: %s",
    async (_what, factors) => {
      const { f, terminal, as, caller } = await confirmed(factors);
      const token = String((await terminal.poll()).body.access_token);
      const ask = async () => wish(f.world, caller);
      const browser = await f.post("portal", "/api/requests", await ask(), { as });
      const own = await byToken(f, terminal, token, "/api/requests", await ask());
      expect([own.status, own.body.reasons ?? []]).toEqual([browser.status, browser.body.reasons ?? []]);
      expect(own.status).toBe(factors.length === 2 || factors[0] === "passkey" ? 201 : 403);
    },
  );

  test("A20: is not issued to who was disabled after the confirmation, and holds for nobody who is", async () => {
    const { f, terminal } = await confirmed(["passkey"]);
    const disable = () =>
      f.world.store.db
        .updateTable("person")
        .set({ active: 0 })
        .where("id", "=", f.world.people.technician.id)
        .execute();
    await disable();
    expect(said(await terminal.poll())).toBe("400 access_denied");
    const other = await confirmed(["passkey"]);
    const token = String((await other.terminal.poll()).body.access_token);
    expect((await byToken(other.f, other.terminal, token, "/api/me")).status).toBe(200);
    await other.f.world.store.db.updateTable("person").set({ active: 0 }).execute();
    expect((await byToken(other.f, other.terminal, token, "/api/me")).status).toBe(401);
  });

  test("A20: is not issued to who is disabled while it is issued, and so does not come back when they are enabled", async () => {
    const { f, terminal } = await confirmed(["passkey"]);
    const { store, people } = f.world;
    const before = { ...store };
    let disabled = false;
    vi.spyOn(store, "change").mockImplementation(async (work, turn) => {
      const polled = await store.db
        .selectFrom("device_code")
        .select("code_hash")
        .where("polled_at", "is not", null)
        .execute();
      // What is changed next after the poll was noted is the token's issue.
      if (polled.length > 0 && !disabled) {
        disabled = true;
        await before.change(({ db }) => setPersonActive(db, people.technician.id, false));
      }
      return before.change(work, turn);
    });
    expect(said(await terminal.poll())).toBe("400 access_denied");
    expect(disabled).toBe(true);
    expect(await store.db.selectFrom("sign_in").select("id").where("kind", "=", "cli").execute()).toEqual([]);
  });
});
