import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Me } from "../../../protocol/api/me.ts";
import type { WorkstationView } from "../../../protocol/api/workstation.ts";
import { Context } from "../../story/context.ts";
import { Person } from "../../story/parts/person.ts";
import { until } from "../../story/parts/wait.ts";

const stepSeconds = 30;
const aheadMs = 360_000;
const password = "correct horse battery staple";

const context = new Context({ tls: false }, () => {});
afterAll(() => context.end(), 30_000);

/** A technician without a passkey, at the real pages of the real authority, and at a computer whose clock is wrong. */
describe("a technician with password and one-time code", () => {
  let sato: Person;
  let portal: string;
  let secret: string;
  let used: string;

  /** The code of the step that is `ahead` of now: a used step is refused, so the next one is asked for. */
  const code = (ahead: number) => generate({ secret, epoch: Math.floor(Date.now() / 1_000) + ahead * stepSeconds });
  const field = (key: string) => sato.page.getByLabel(sato.text(key)).and(sato.page.getByRole("textbox"));

  beforeAll(async () => {
    const world = await context.world();
    portal = world.addresses.portalOrigin;
    const link = await world.enrolmentLink("sato");
    sato = await Person.sitDown("sato", "en", context.chromium);
    await sato.page.addInitScript(`{
      const Right = Date;
      globalThis.Date = class extends Right {
        constructor(...parts) { super(...(parts.length > 0 ? parts : [Right.now() + ${aheadMs}])); }
        static now() { return Right.now() + ${aheadMs}; }
      };
    }`);
    await sato.page.goto(String(link));
  }, 60_000);

  test("who mistypes the code is shown a new secret, told to scan it, and need not type the password again", async () => {
    await sato.press("enrol.usePassword");
    const first = await sato.page.locator("code").innerText();
    await sato.page.getByLabel(sato.text("enrol.password"), { exact: false }).first().fill(password);
    await field("signIn.totp").fill("000000");
    await sato.press("enrol.withPassword");
    await sato.page.getByRole("alert").getByText(sato.text("enrol.scanAgain")).waitFor();
    secret = await sato.page.locator("code").innerText();
    expect(secret).not.toBe(first);
  });

  test("enrols on the page, which keeps the code out of the address, and this browser becomes a workstation", async () => {
    expect(sato.page.url()).toBe(`${portal}/enrol`);
    await sato.page.getByRole("img", { name: sato.text("enrol.qr") }).waitFor();
    used = await code(0);
    await field("signIn.totp").fill(used);
    await sato.press("enrol.withPassword");
    await sato.page.getByRole("navigation").waitFor();
    const me = await until("workstation", 5_000, async () => {
      const now = await sato.get<Me>("/api/me");
      return now.workstation !== null && now;
    });
    expect(me.factors.toSorted()).toEqual(["password", "totp"]);
  });

  test("is refused with a used code and told so, then signs in with the next", async () => {
    await sato.post("/api/sign-out");
    await sato.page.goto(`${portal}/sign-in`);
    await sato.press("signIn.usePassword");
    await field("signIn.login").fill("sato");
    await sato.page.getByLabel(sato.text("signIn.password"), { exact: false }).first().fill(password);
    await field("signIn.totp").fill(used);
    await sato.press("signIn.withPassword");
    await sato.page.getByRole("alert").waitFor();
    await field("signIn.totp").fill(await code(1));
    await sato.press("signIn.withPassword");
    await sato.page.waitForURL(`${portal}/`);
    await sato.page.getByRole("navigation").waitFor();
  });

  test("has one workstation still: the browser's key is the one that it made at first", async () => {
    await until("workstation", 5_000, async () => (await sato.get<Me>("/api/me")).workstation);
    const { workstations } = await sato.get<{ workstations: WorkstationView[] }>("/api/workstations");
    expect(workstations.map(({ keys }) => keys.map(({ kind }) => kind))).toEqual([["browser"]]);
  });

  test("can't carry the browser's private key away", async () => {
    const refusal = await sato.page.evaluate<string>(`new Promise((resolve, reject) => {
      const opening = indexedDB.open("genkan", 1);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const all = opening.result.transaction("workstation-keys").objectStore("workstation-keys").getAll();
        all.onsuccess = () => crypto.subtle.exportKey("pkcs8", all.result[0].privateKey)
          .then(() => resolve("exported"), (error) => resolve(error.name));
      };
    })`);
    expect(refusal).toBe("InvalidAccessError");
  });
});

test("a passkey is made in a ceremony that begins at the press, however long the page stood open", async () => {
  const tanaka = await Person.sitDown("tanaka", "en", context.chromium);
  await tanaka.page.goto(String(await (await context.world()).enrolmentLink("tanaka")));
  await tanaka.page.getByRole("heading", { level: 1 }).waitFor();
  const begun = tanaka.page.waitForRequest("**/api/enrolment/begin");
  await tanaka.press("enrol.withPasskey");
  await begun;
  await tanaka.page.getByRole("navigation").waitFor();
  expect(await tanaka.passkeys()).toBe(1);
  await tanaka.context.close();
});
