import { describe, expect, test } from "vitest";
import { WaitingRoom } from "../../../api/waiting-room.ts";

/** Work that waits until it is let go, and how it came out. */
function crowd(queue: WaitingRoom) {
  const order: string[] = [];
  const doors: (() => void)[] = [];
  const come = (name: string, network: string, known = false) => {
    const work = () => {
      order.push(name);
      return new Promise<void>((resolve) => doors.push(resolve));
    };
    return queue.run(work, network, known).then(
      () => "done",
      (error: { code: string }) => error.code,
    );
  };
  const letGo = async () => {
    doors.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { order, come, letGo };
}

describe("the queue of work that costs much memory", () => {
  test("go first to the network that has fewest waiting, and in order within it", async () => {
    const { order, come, letGo } = crowd(new WaitingRoom(1, 10));
    for (const name of ["a1", "a2", "a3"]) void come(name, "a");
    void come("b1", "b");
    for (let turn = 0; turn < 4; turn++) await letGo();
    expect(order).toEqual(["a1", "b1", "a2", "a3"]);
  });

  test("are refused to a network beyond its share, though there are places", async () => {
    const { come } = crowd(new WaitingRoom(1, 10, 2));
    void come("a1", "a");
    void come("a2", "a");
    void come("a3", "a");
    expect(await come("a4", "a")).toBe("too-many");
  });

  test("are given up by the network that holds most, its latest first, when all places are taken", async () => {
    const { order, come, letGo } = crowd(new WaitingRoom(1, 3));
    void come("a1", "a");
    const heap = ["a2", "a3", "a4"].map((name) => come(name, "a"));
    void come("b1", "b");
    expect(await heap[2]).toBe("too-many");
    for (let turn = 0; turn < 4; turn++) await letGo();
    expect(order).toEqual(["a1", "b1", "a2", "a3"]);
  });

  test("are refused to a newcomer where nobody has more than he would have", async () => {
    const { come } = crowd(new WaitingRoom(1, 2));
    void come("a1", "a");
    void come("b1", "b");
    void come("c1", "c");
    expect(await come("d1", "d")).toBe("too-many");
  });

  test("is for those first who come from where their account's owner has come before, however full it is", async () => {
    const { order, come, letGo } = crowd(new WaitingRoom(1, 3));
    void come("running", "0");
    const strangers = ["a", "b", "c"].map((name) => come(name, name));
    const owner = come("owner", "home", true);
    expect(await strangers[2]).toBe("too-many");
    for (let turn = 0; turn < 4; turn++) await letGo();
    expect(order).toEqual(["running", "owner", "a", "b"]);
    expect(await owner).toBe("done");
  });

  test("is kept by whoever is known against all who are not, and shared out among the known", async () => {
    const { come } = crowd(new WaitingRoom(1, 2));
    void come("running", "0");
    void come("x1", "x", true);
    void come("y1", "y", true);
    expect(await come("stranger", "s")).toBe("too-many");
    expect(await come("z1", "z", true)).toBe("too-many");
  });
});
