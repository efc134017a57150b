import type { Static } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { signWithJwk } from "../../../crypto/statement.ts";
import type { DeviceAuthorization, DeviceCodeLookup } from "../../../protocol/api/device-code.ts";
import type { Problem } from "../../../protocol/api/problem.ts";
import { limits } from "../../../protocol/limits.ts";
import { sleep } from "../../story/parts/wait.ts";
import { readLog } from "../../world/log.ts";
import { codeOf, enrolWithPassword, type PasswordHolder } from "../../world/password.ts";
import { call, type Person } from "../../world/person.ts";
import type { Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const attacker = "127.0.6.1";
/** More than are tried and may wait, from more addresses than could fill all places. */
const heaped = 45;

/** Strangers who call the portal, through the gateway, before anybody is signed in. */
describe("sign-in, while strangers try", () => {
  let world: QuickWorld;
  let victim: PasswordHolder;
  let sato: Technician;
  let yamada: Person;

  beforeAll(async () => {
    world = await QuickWorld.start({ devices: [] });
    victim = await enrolWithPassword(world, "kato");
    sato = await world.technician();
    yamada = await world.staff("yamada");
  });
  afterAll(() => world?.stop());

  const portal = () => world.register.hosts.portal;
  const tries = async (from: string, login: string, password: string, totp = "000000") => {
    const answer = await call<Partial<Problem>>(portal(), "POST", "/api/sign-in/password", {
      body: { login, password, totp },
      from,
    });
    return answer.status === 200 ? "signed in" : String(answer.body.code);
  };

  test("many failures from one address end there, and the victim signs in from another", async () => {
    const outcomes: string[] = [];
    for (let count = 0; count < limits.signInFailures + 3; count++) {
      outcomes.push(await tries(attacker, victim.login, "a wrong password"));
    }
    const spent = outcomes.filter((code) => code === "too-many").length;
    expect(spent).toBe(3);
    expect(outcomes.filter((code) => code === "sign-in-failed")).toHaveLength(limits.signInFailures);
    // Even who knows both factors has to wait there; whoever comes from elsewhere has not.
    expect(await tries(attacker, victim.login, victim.password, await codeOf(victim.secret))).toBe("too-many");
    expect(await tries("127.0.0.1", victim.login, victim.password, await codeOf(victim.secret))).toBe("signed in");
  });

  test("a heap of passwords to be tried takes the places of its own address, and the victim gets one", async () => {
    const outcomes: string[] = [];
    const tried = (code: string) => void outcomes.push(code);
    for (let turn = 0; turn < heaped; turn++) {
      // Those that are still waiting when the victim is in are left to themselves.
      tries(`127.0.6.${2 + (turn % 10)}`, `nobody-${turn}`, "guess").then(tried, () => tried("reset"));
      // Connections come a few at a time; the work that they ask for piles up.
      if (turn % 5 === 4) await sleep(100);
    }
    const mine = tries("127.0.0.1", victim.login, victim.password, await codeOf(victim.secret, 30_000));
    expect(await mine).toBe("signed in");
    expect(outcomes).toContain("too-many");
    expect(outcomes).not.toContain("signed in");
  });

  test("one address begins only so many sign-ins, and others go on", async () => {
    const begin = (from: string) => call<Partial<Problem>>(portal(), "POST", "/api/sign-in/begin", { body: {}, from });
    const codes: string[] = [];
    for (let round = 0; round < limits.ceremoniesPerAddress + 20; round += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => begin(attacker)));
      codes.push(...answers.map(({ status, body }) => (status === 200 ? "begun" : String(body.code))));
    }
    expect(codes.filter((code) => code === "begun")).toHaveLength(limits.ceremoniesPerAddress);
    expect(codes.at(-1)).toBe("too-many");
    await sato.signIn();
    await sato.equip();
  });

  test("a code of the device flow tells where it was asked for, and one address gets only so many", async () => {
    const { privateKey, publicKey } = sato.workstation;
    const ask = async () => {
      const proof = await signWithJwk(
        "genkan/enrolment/v1",
        { origin: portal(), subject: "device-authorization", issuedAt: new Date().toISOString() },
        privateKey,
        publicJwkOf(publicKey),
      );
      return call<Static<typeof DeviceAuthorization.reply>>(portal(), "POST", "/oauth/device_authorization", {
        form: { client_id: "genkan-cli", workstation_proof: proof, workstation_label: "not yours" },
        from: "127.0.6.9",
      });
    };
    const { body } = await ask();
    const shown = await sato.post<Static<typeof DeviceCodeLookup.reply>>("/api/device-codes/lookup", {
      userCode: body.user_code,
    });
    expect(shown.address).toBe("127.0.6.9");
    let granted = 1;
    while (granted <= limits.deviceCodesPerAddress && (await ask()).status === 200) granted += 1;
    expect(granted).toBe(limits.deviceCodesPerAddress);
  });

  test("nonsense fills the log up to a budget, and what is beyond is counted there", async () => {
    const nonsense = 400;
    const before = await refusals();
    for (let count = 0; count < nonsense; count += 50) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          call(portal(), "POST", "/api/enrolment/begin", { body: {}, from: "127.0.7.1" }),
        ),
      );
    }
    const told = (await refusals()) - before;
    // A window may end in between.
    expect(told).toBeLessThanOrEqual(2 * limits.refusalsLoggedPerAddress);
    await world.parts.authority.stop();
    await world.begin("authority");
    const { records, verdict } = await readLog(yamada, world.register.fingerprints.logKey);
    expect(verdict).toMatchObject({ ok: true });
    const counted = records.flatMap(({ action, facts }) =>
      action === "refusals.counted" ? [Number(facts.count)] : [],
    );
    expect(counted.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(nonsense - told);
  });

  async function refusals(): Promise<number> {
    const { records } = await readLog(yamada, world.register.fingerprints.logKey);
    return records.filter(({ outcome, actor }) => outcome === "refused" && actor === null).length;
  }
});
