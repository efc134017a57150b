import { Socket } from "node:net";
import { expect, test } from "vitest";
import { Strangers } from "../../../gateway/strangers.ts";
import { limits } from "../../../protocol/limits.ts";

test("connections of one network that name no route hold its places and no more: the oldest is reset for a newcomer", () => {
  const strangers = new Strangers(() => 0);
  const sockets = Array.from({ length: limits.unroutedPerAddress + 3 }, () => new Socket());
  for (const socket of sockets) void strangers.admit(socket, () => new Promise(() => {}));
  expect(strangers.count).toBe(limits.unroutedPerAddress);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual(sockets.map((_, n) => n < 3));
});
