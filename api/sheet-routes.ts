import type { FastifyReply } from "fastify";
import type { Context } from "../authority/context.ts";
import { exportDevices, importDevices } from "../authority/device-sheet.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { exportPeople, importPeople } from "../authority/person-sheet.ts";
import { SheetFates, SheetImport } from "../protocol/api/sheet.ts";
import { limits } from "../protocol/limits.ts";
import { type SheetKind, sheetKinds } from "../protocol/sheet.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

const shared = { faces: ["staff"], permission: ["administrator"] } as const;

const ways = {
  device: { url: "/api/register/devices", take: importDevices, give: exportDevices, name: "genkan-devices.csv" },
  person: { url: "/api/accounts", take: importPeople, give: exportPeople, name: "genkan-people.csv" },
} as const satisfies Record<SheetKind, object>;

/** Devices and people as CSV files, in and out. */
export function sheetRoutes(c: Context, leases: LeaseRenewal): Endpoint[] {
  return sheetKinds.flatMap((kind) => {
    const { url, take, give, name } = ways[kind];
    return [
      endpoint({
        ...shared,
        method: "POST",
        url: `${url}/import`,
        audit: `${kind}.import`,
        bodyLimit: limits.sheetBodyBytes,
        body: SheetImport,
        reply: SheetFates,
        handle: async ({ caller, body: { file, dryRun } }) => {
          const fates = await take(c.store, { file: Buffer.from(file, "base64url"), dryRun }, c.now(), caller);
          // What ends sessions has ended them when it answers.
          if (fates.kept) await leases.round();
          return fates;
        },
      }),
      endpoint({
        ...shared,
        method: "GET",
        url: `${url}/export`,
        audit: `${kind}.export`,
        reply: null,
        handle: async ({ caller, reply }) => asFile(reply, name, await give(c.store, c.now(), caller)),
      }),
    ];
  });
}

function asFile(reply: FastifyReply, name: string, text: string): string {
  reply.header("content-disposition", `attachment; filename="${name}"`).type("text/csv; charset=utf-8");
  return text;
}
