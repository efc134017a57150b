import { describe, expect, test } from "vitest";
import { run } from "../../run/command.ts";
import { apart, environment } from "../../story/network/enter.ts";

/** What the scan says of the device VLAN after these changes to its rules. */
async function scan(...changes: string[]): Promise<string> {
  const [command, ...args] = apart();
  const child = [process.execPath, "test/integration/network/scan-child.ts", ...changes];
  const { code, output } = await run(command, [...args, ...child], { environment });
  expect(code, output).toBe(0);
  return output.trim();
}

/** The story's steps about networks find nothing open; here it is shown that they would. */
describe("a scan from outside", () => {
  test("finds the device VLAN closed", async () => expect(await scan()).toBe("closed"));

  test("finds a hole in its rules", async () =>
    expect(await scan("insert rule inet genkan input tcp dport 22 accept")).toMatch(/answered.*"answers":\[22/));

  test("finds a hole that only refuses", async () =>
    expect(await scan("insert rule inet genkan input tcp dport 23-25 reject with tcp reset")).toMatch(/"refused"/));

  test("finds a hole for datagrams", async () =>
    expect(await scan("insert rule inet genkan input udp dport 53 accept")).toMatch(/answered.*"answers":\[53/));

  test("does not take silence for rules that drop and count", async () =>
    expect(await scan("insert rule inet genkan input iifname lan tcp dport 1-65535 drop")).toMatch(
      /counted as dropped/,
    ));

  test("does not take a device that is off for a closed one", async () =>
    expect(await scan("insert rule inet genkan inside tcp dport 80 drop")).toMatch(/misses 10\.77\.4\.10 80/));
});
