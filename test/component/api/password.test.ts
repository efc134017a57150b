import { generate } from "otplib";
import { describe, expect, test } from "vitest";
import { TryBudget } from "../../../api/try-budget.ts";
import { WaitingRoom } from "../../../api/waiting-room.ts";
import { isKnownNetwork } from "../../../authority/sign-in.ts";
import { totpStep } from "../../../authority/totp.ts";
import { outcome } from "../authority/world.ts";
import { beginEnrolment, linkOf, password } from "./enrol.ts";
import { Faces, said } from "./world.ts";

describe("password and TOTP", () => {
  test("enrol and sign in a technician; a used step is refused, and so is staff", async () => {
    const f = await Faces.open();
    const code = await linkOf(f, "technician");
    const { ceremony, totp } = await beginEnrolment(f, "portal", code);
    const secret = totp?.secret ?? "";
    const codeAt = (ms = 0) => generate({ secret, epoch: Math.floor((f.world.clock + ms) / 1000) });
    const enrolled = (body: object) =>
      f.post("portal", "/api/enrolment/password", { code, ceremony, password, ...body });
    expect(said(await enrolled({ password: "short", totp: await codeAt() }))).toBe("400 password-too-short");
    const answer = await enrolled({ totp: await codeAt() });
    expect([answer.status, answer.body.factors]).toEqual([200, ["password", "totp"]]);

    const { login } = f.world.people.technician;
    // From here on this network is theirs, and no other is, nor is it anybody else's.
    const known = (name: string, network: string) => isKnownNetwork(f.world.context, name, network);
    expect(await known(login, "127.0.0.1")).toBe(true);
    expect(await known(login, "127.0.0.2")).toBe(false);
    expect(await known(f.world.people.colleague.login, "127.0.0.1")).toBe(false);
    const enter = async (body: object) => f.post("portal", "/api/sign-in/password", { login, password, ...body });
    const records = await f.recorded(async () => {
      // The step with which they enrolled is used.
      expect(said(await enter({ totp: await codeAt() }))).toBe("401 sign-in-failed");
    });
    expect(records).toMatchObject([
      { action: "sign-in", outcome: "refused", reasons: ["sign-in-failed"], actor: null },
    ]);
    f.world.clock += 30_000;
    const next = await codeAt();
    const two = await Promise.all([enter({ totp: next }), enter({ totp: next })]);
    expect(two.map(said).sort()).toEqual(["200", "401 sign-in-failed"]);
    // An earlier step than the last one is used as well, drift or not.
    const { db } = f.world.store;
    const row = await db.selectFrom("authenticator").selectAll().executeTakeFirstOrThrow();
    expect(Number(row.totp_step)).toBe(Math.floor(f.world.clock / 30_000));
    expect(row.password_hash).toMatch(/^scrypt\$/);
    expect(`${row.totp_sealed}${row.password_hash}`).not.toContain(secret);
    // Right code, wrong password; and nobody of that name: the same answer.
    f.world.clock += 30_000;
    const [wrong, nobody] = await Promise.all([
      enter({ password: "wrong horse battery", totp: await codeAt() }),
      enter({ login: "nobody@example.org", totp: await codeAt() }),
    ]);
    expect([wrong.status, wrong.text]).toEqual([401, nobody.text]);
    expect((await f.post("staff", "/api/sign-in/password", { login, password, totp: await codeAt() })).status).toBe(
      404,
    );
  }, 60_000);

  test("do not enrol staff, nor with a wrong code, nor twice", async () => {
    const f = await Faces.open();
    const code = await linkOf(f, "technician");
    const begun = await beginEnrolment(f, "portal", code);
    const body = { code, ceremony: begun.ceremony, password, totp: "000000" };
    expect(said(await f.post("portal", "/api/enrolment/password", body))).toBe("400 totp-invalid");
    // The ceremony, and with it the secret that was shown, is spent.
    const right = await generate({ secret: begun.totp?.secret ?? "", epoch: Math.floor(f.world.clock / 1000) });
    expect(said(await f.post("portal", "/api/enrolment/password", { ...body, totp: right }))).toBe(
      "400 ceremony-invalid",
    );
    const officer = await linkOf(f, "officer");
    const { ceremony } = await beginEnrolment(f, "staff", officer);
    const answer = await f.post("staff", "/api/enrolment/password", { ...body, code: officer, ceremony });
    expect(answer.status).toBe(404);
  });

  test("a code is one of three steps, and never one up to the last that was used", async () => {
    const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const now = new Date("2026-03-02T01:00:15.000Z");
    const step = Math.floor(now.getTime() / 30_000);
    const codeOf = (n: number) => generate({ secret, epoch: n * 30 });
    for (const n of [step - 1, step, step + 1]) expect(await totpStep(await codeOf(n), secret, null, now)).toBe(n);
    for (const n of [step - 2, step + 2])
      expect(await outcome(totpStep(await codeOf(n), secret, null, now))).toBe("totp-invalid");
    expect(await outcome(totpStep(await codeOf(step), secret, step, now))).toBe("totp-invalid");
    expect(await outcome(totpStep(await codeOf(step - 1), secret, step, now))).toBe("totp-invalid");
    expect(await totpStep(await codeOf(step + 1), secret, step, now)).toBe(step + 1);
  });
});

describe("a budget of failures", () => {
  test("is spent by tries, also by those that run at once; a success gives its own back; time refills it", () => {
    const budget = new TryBudget(3, 1_000);
    for (const at of [0, 1, 2]) budget.take("a", at);
    expect(() => budget.take("a", 3)).toThrowError(expect.objectContaining({ code: "too-many" }));
    budget.take("b", 3);
    budget.forgive("a", 1);
    budget.take("a", 4);
    expect(() => budget.take("a", 5)).toThrowError(expect.objectContaining({ code: "too-many" }));
    budget.forgive("unknown", 5);
    budget.take("a", 1_002);
  });

  test("holds back costly work: a bounded queue, in order, and a place is free again after a failure", async () => {
    const queue = new WaitingRoom(1, 2);
    const order: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = (n: number) =>
      queue.run(async () => {
        await promise;
        order.push(n);
        if (n === 2) throw new Error("failed");
      });
    const all = [1, 2, 3, 4].map((n) => outcome(work(n)));
    resolve();
    expect(await Promise.all(all)).toEqual(["done", "Error: failed", "done", "too-many"]);
    expect(order).toEqual([1, 2, 3]);
    expect(await outcome(work(5))).toBe("done");
  });
});
