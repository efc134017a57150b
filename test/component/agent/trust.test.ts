import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AgentEvent } from "../../../agent/event.ts";
import { acceptProposed, readPinned, readProposed, Trust } from "../../../agent/trust.ts";
import { newId } from "../../../crypto/random.ts";
import { statementHash } from "../../../crypto/statement.ts";
import type { ApproversStatement } from "../../../protocol/approvers.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { asHash } from "../../brand.ts";
import { cborMap } from "../../passkey.ts";
import { until } from "../channels/bench.ts";
import { Approver, bytesOf, Scene, temporaryFolder } from "./fixture.ts";

const scene = new Scene();
const { approver, second, site } = scene;
let folder: ReturnType<typeof temporaryFolder>;
let trust: Trust;
let events: AgentEvent[];

function open(): Trust {
  events = [];
  return new Trust({
    folder: folder.path,
    site,
    now: () => new Date(),
    log: silentProgramLog,
    emit: (event) => events.push(event),
  });
}

beforeEach(() => {
  folder = temporaryFolder();
  trust = open();
});
afterEach(() => {
  trust.close();
  folder.remove();
});

const list = (change: Partial<ApproversStatement> = {}) => bytesOf(scene.listStatement(change));
const hashOf = (bytes: Uint8Array) => statementHash("genkan/approvers/v1", bytes);
const twoOfTwo = {
  normal: [{ roles: ["approver" as const], persons: 2 }],
  emergency: [{ roles: ["approver" as const], persons: 2 }],
};

/** Pins a first list as a person on the host would. */
function pin(change: Partial<ApproversStatement> = {}): Buffer {
  const bytes = list(change);
  trust.propose(bytes, []);
  acceptProposed(folder.path, site, hashOf(bytes));
  trust.reload();
  return bytes;
}

describe("the first list", () => {
  test("waits on disk, is shown with its fingerprint, and pins nothing however it is signed", () => {
    const bytes = list();
    expect(trust.propose(bytes, [approver.signList(bytes), second.signList(bytes)])).toBe(false);
    expect(trust.list).toBeUndefined();
    expect(readProposed(folder.path, site)?.hash).toBe(hashOf(bytes));
    expect(events).toEqual([
      {
        event: "trust-proposed",
        version: 1,
        fingerprint: `SHA256:${hashOf(bytes)}`,
        approvers: [approver.name, second.name],
      },
    ]);
  });

  test("is accepted only by its own fingerprint; a running agent notices, and a restarted one still has it", async () => {
    const bytes = list();
    expect(() => acceptProposed(folder.path, site, hashOf(bytes))).toThrow(
      expect.objectContaining({ code: "trust-missing" }),
    );
    trust.propose(bytes, []);
    expect(() => acceptProposed(folder.path, site, asHash("B".repeat(43)))).toThrow(
      expect.objectContaining({ code: "trust-refused" }),
    );
    acceptProposed(folder.path, site, hashOf(bytes));
    await until(() => trust.list !== undefined, "the pinned list");
    expect(events.at(-1)).toMatchObject({ event: "trust-pinned", version: 1 });
    const path = join(folder.path, "trust.json");
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    trust.close();
    trust = open();
    expect(trust.state).toEqual({ version: 1, hash: hashOf(bytes) });
    expect(trust.propose(bytes, [])).toBe(true);
  });

  test("of another site, malformed, or with a credential twice is refused and not kept", () => {
    for (const bytes of [
      list({ site: newId("site") }),
      Buffer.from("{}"),
      list({ keys: [approver.key(), approver.key({ expires: "2098-01-01T00:00:00.000Z" })] }),
    ]) {
      expect(() => trust.propose(bytes, [])).toThrow(expect.objectContaining({ code: "trust-refused" }));
    }
    expect(readProposed(folder.path, site)).toBeUndefined();
  });

  test("that was changed on disk into nonsense counts for nothing", () => {
    pin();
    writeFileSync(join(folder.path, "trust.json"), "{");
    trust.reload();
    expect(trust.list).toBeUndefined();
  });
});

test("a list with a key that anybody could forge is refused, whoever signed it", () => {
  const first = pin();
  const e1 = cborMap([1, 3], [3, -257], [-1, Buffer.alloc(256, 0xff)], [-2, Buffer.of(1)]);
  const weak = { ...second.key(), publicKey: e1.toString("base64url") };
  const next = list({ version: 2, previous: hashOf(first), keys: [approver.key(), weak] });
  expect(() => trust.propose(next, [approver.signList(next)])).toThrow(
    expect.objectContaining({ code: "trust-refused" }),
  );
  expect(trust.state?.hash).toBe(hashOf(first));
  expect(readProposed(folder.path, site)).toBeUndefined();
});

describe("the next list", () => {
  test("is pinned by the distinct persons whom the one before requires", () => {
    const first = pin({ rules: twoOfTwo });
    const next = list({ version: 2, previous: hashOf(first), keys: [approver.key()] });
    expect(trust.propose(next, [approver.signList(next), second.signList(next)])).toBe(true);
    expect(trust.state).toEqual({ version: 2, hash: hashOf(next) });
    const third = list({ version: 3, previous: hashOf(next), keys: [second.key()] });
    expect(trust.propose(third, [approver.signList(third)])).toBe(true);
  });

  const stranger = new Approver("stranger");
  test.each<[string, (first: Buffer) => { bytes: Buffer; by: Approver[]; over?: Buffer }]>([
    ["one of two signed", (first) => ({ bytes: list({ version: 2, previous: hashOf(first) }), by: [approver] })],
    [
      "one signed twice",
      (first) => ({ bytes: list({ version: 2, previous: hashOf(first) }), by: [approver, approver] }),
    ],
    [
      "a stranger signed",
      (first) => ({ bytes: list({ version: 2, previous: hashOf(first) }), by: [approver, stranger] }),
    ],
    [
      "a person signed whom only the new list names",
      (first) => ({
        bytes: list({ version: 2, previous: hashOf(first), keys: [approver.key(), stranger.key()] }),
        by: [approver, stranger],
      }),
    ],
    [
      "it names another one before",
      () => ({ bytes: list({ version: 2, previous: asHash("B".repeat(43)) }), by: [approver, second] }),
    ],
    ["it names none before", () => ({ bytes: list({ version: 2, previous: null }), by: [approver, second] })],
    [
      "a version is skipped",
      (first) => ({ bytes: list({ version: 3, previous: hashOf(first) }), by: [approver, second] }),
    ],
    [
      "other bytes were signed",
      (first) => ({
        bytes: list({ version: 2, previous: hashOf(first) }),
        by: [approver, second],
        over: list({ version: 2, previous: hashOf(first), keys: [approver.key()] }),
      }),
    ],
  ])("is not pinned when %s, but waits for a person on the host", (_, doctor) => {
    const first = pin({ rules: twoOfTwo });
    const { bytes, by, over = bytes } = doctor(first);
    expect(
      trust.propose(
        bytes,
        by.map((signer) => signer.signList(over)),
      ),
    ).toBe(false);
    expect(trust.state?.hash).toBe(hashOf(first));
    expect(readProposed(folder.path, site)?.hash).toBe(hashOf(bytes));
  });

  test("an approval's signature never passes for a list's", () => {
    const first = pin();
    const next = list({ version: 2, previous: hashOf(first) });
    const signed = approver.passkey.signStatement("genkan/approval/v1", next);
    expect(trust.propose(next, [signed])).toBe(false);
  });

  test("of a version that is pinned already, or older, is refused and not kept", () => {
    const first = pin();
    const next = list({ version: 2, previous: hashOf(first) });
    trust.propose(next, [approver.signList(next)]);
    const other = list({ version: 2, previous: hashOf(first), keys: [approver.key()] });
    for (const bytes of [other, first]) {
      expect(() => trust.propose(bytes, [approver.signList(bytes)])).toThrow(
        expect.objectContaining({ code: "trust-refused" }),
      );
    }
    expect(readProposed(folder.path, site)).toBeUndefined();
  });

  test("that followed by itself leaves none to wait, and the one before can't be accepted again", () => {
    const first = pin();
    const next = list({ version: 2, previous: hashOf(first), keys: [approver.key()] });
    trust.propose(next, [approver.signList(next)]);
    // As a crash between the two files, or an agent of an earlier version, left it.
    writeFileSync(join(folder.path, "trust-proposed.json"), first);
    expect(readProposed(folder.path, site)).toBeUndefined();
    expect(() => acceptProposed(folder.path, site, hashOf(first))).toThrow(
      expect.objectContaining({ code: "trust-missing" }),
    );
    expect(readPinned(folder.path, site)?.hash).toBe(hashOf(next));
    expect(acceptProposed(folder.path, site, hashOf(next)).hash).toBe(hashOf(next));
  });

  test("leaves a newer one that waits for a person", () => {
    const first = pin();
    const third = list({ version: 3, previous: null, keys: [second.key()] });
    trust.propose(third, []);
    const next = list({ version: 2, previous: hashOf(first) });
    expect(trust.propose(next, [approver.signList(next)])).toBe(true);
    expect(readProposed(folder.path, site)?.hash).toBe(hashOf(third));
  });

  test("waits for a person also where the pinned one is damaged", () => {
    const first = pin();
    const next = list({ version: 2, previous: hashOf(first) });
    trust.propose(next, []);
    writeFileSync(join(folder.path, "trust.json"), "{");
    expect(acceptProposed(folder.path, site, hashOf(next)).hash).toBe(hashOf(next));
    expect(existsSync(join(folder.path, "trust-proposed.json"))).toBe(false);
  });
});
