import { expect, test } from "vitest";
import { openPage } from "../../../bin/open-page.ts";

const origin = "https://portal.example";

/** What would be started. */
function opened(page: string, platform: NodeJS.Platform): string[][] {
  const started: string[][] = [];
  openPage(page, origin, platform, (command, args) => started.push([command, ...args]));
  return started;
}

test.each([
  ["linux", ["xdg-open"]],
  ["darwin", ["open"]],
  ["win32", ["rundll32", "url.dll,FileProtocolHandler"]],
] as const)("on %s a page of the server is shown, in the one form that its address has", (platform, command) => {
  expect(opened(`${origin}/device#ABCD-2345`, platform)).toEqual([[...command, `${origin}/device#ABCD-2345`]]);
  expect(opened("https://PORTAL.example:443/a b\n", platform)).toEqual([[...command, `${origin}/a%20b`]]);
});

test.each([
  "file:///etc/passwd",
  "file://portal.example/share",
  "\\\\portal.example\\share",
  "--version",
  "-a Calculator",
  "http://portal.example/device",
  "https://portal.example.evil.example/device",
  "https://portal.example@evil.example/",
  "https://x@portal.example/device",
  "https://portal.example:8443/device",
  "javascript:alert(1)//https://portal.example/",
  "",
])("nothing is started for %s", (page) => {
  for (const platform of ["linux", "darwin", "win32"] as const)
    expect(() => opened(page, platform)).toThrow(expect.objectContaining({ code: "internal" }));
});
