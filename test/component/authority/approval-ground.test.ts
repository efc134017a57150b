import { describe, expect, test } from "vitest";
import { approvalGround, reportMismatch } from "../../../authority/approval-ground.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { begun } from "./begun.ts";
import { approved, asked } from "./parts.ts";
import { hour, outcome } from "./world.ts";

const minute = hour / 60;

describe("what a yes stands on", () => {
  test("is the signed request, with each key's age and how often approvers have signed for it", async () => {
    const { world, context, approver, technician, request, finish } = await begun();
    const [thumbprint] = request.workstation.thumbprints;
    const ground = await approvalGround(context, approver, request.id);
    expect(ground.keys).toEqual([{ thumbprint, kind: "browser", since: world.at(), approvals: 0 }]);
    expect(ground.services.map(({ address }) => address)).toEqual(["10.1.2.3", "10.1.2.3"]);
    await finish();
    const next = await asked(world, technician);
    expect((await approvalGround(context, approver, next.id)).keys).toMatchObject([{ thumbprint, approvals: 1 }]);
  });

  test("makes a key that joined the workstation new again, and one that joins after asking no part of it", async () => {
    const { world, context, approver, technician, request, finish } = await begun();
    await finish();
    const id = world.computers.get("technician")?.id ?? "wks_";
    const joined = jwkThumbprint((await world.addKey(id, minute)).jwk);
    const next = await asked(world, technician);
    const { keys } = await approvalGround(context, approver, next.id);
    expect(keys.map(({ thumbprint, approvals }) => [thumbprint === joined, approvals])).toEqual([
      [false, 1],
      [true, 0],
    ]);
    const late = jwkThumbprint((await world.addKey(id, 2 * minute)).jwk);
    const grant = await approved(world, "approver", next.id, next.windows, approver);
    expect(JSON.stringify(grant)).not.toContain(late);
    expect((await approvalGround(context, approver, request.id)).keys.map((key) => key.thumbprint)).not.toContain(late);
  });

  test("counts signatures and no rows: who writes grants into the store makes no key known", async () => {
    const { world, context, approver, technician, finish } = await begun();
    const grant = await finish();
    const { db } = world.store;
    const row = await db.selectFrom("grant").selectAll().where("id", "=", grant.id).executeTakeFirstOrThrow();
    const yes = await db.selectFrom("approval").selectAll().where("grant", "=", row.id).executeTakeFirstOrThrow();
    const own = jwkThumbprint((await world.addKey(world.computers.get("technician")?.id ?? "wks_", minute)).jwk);
    const forged = JSON.parse(Buffer.from(row.bytes, "base64url").toString()) as { workstation: object };
    const bytes = JSON.stringify({ ...forged, workstation: { ...forged.workstation, thumbprints: [own] } });
    const next = await asked(world, technician);
    const copy = {
      ...row,
      id: "gnt_0000000000000000" as const,
      request: next.id,
      bytes: Buffer.from(bytes).toString("base64url"),
    };
    await db
      .insertInto("grant")
      .values({ ...copy, hash: statementHash("genkan/grant/v1", Buffer.from(bytes)) })
      .execute();
    await db
      .insertInto("approval")
      .values({ ...yes, id: "apr_0000000000000000", grant: copy.id })
      .execute();
    const { keys } = await approvalGround(context, approver, next.id);
    expect(keys.find(({ thumbprint }) => thumbprint === own)).toMatchObject({ approvals: 0 });
  });

  test("is nobody else's hospital's to see, and what a page finds otherwise stands in the log", async () => {
    const { world, context, approver, request } = await begun();
    const foreign = await world.caller("foreignApprover");
    expect(await outcome(approvalGround(context, foreign, request.id))).toBe("not-found");
    expect(await outcome(reportMismatch(context, foreign, request.id, ["grant"]))).toBe("not-found");
    await reportMismatch(context, approver, request.id, ["workstation"]);
    expect((await world.audit()).filter(({ action }) => action === "request.mismatch")).toMatchObject([
      { outcome: "refused", subjects: { request: request.id }, facts: { faults: ["workstation"] } },
    ]);
  });
});
