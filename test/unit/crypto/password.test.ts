import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "../../../crypto/password.ts";

// Each try takes 128 MiB and half a second: as few as can be.
test("a password is known again in any Unicode form, no other is, and an unknown account costs as much", async () => {
  const stored = await hashPassword("パスワード ｶﾅ 12");
  expect(stored).toMatch(/^scrypt\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
  const timed = async (password: string, hash: string | null) => {
    // Of processors, all threads together: a busy machine keeps a try waiting, and does not make it cost more.
    const begun = process.cpuUsage();
    const right = await verifyPassword(password, hash);
    const { user, system } = process.cpuUsage(begun);
    return { right, cost: user + system };
  };
  const right = await timed("パスワード カナ 12", stored);
  const wrong = await timed("パスワード カナ 13", stored);
  const unknown = await timed("パスワード カナ 12", null);
  expect([right.right, wrong.right, unknown.right]).toEqual([true, false, false]);
  // A shortcut is a thousand times quicker.
  expect(unknown.cost).toBeGreaterThan(right.cost / 20);
});
