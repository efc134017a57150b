import { expect, test } from "vitest";
import { recordedPath } from "../../../channels/http-row.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";

test.each([
  ["/", "/"],
  ["/a/b.cgi", "/a/b.cgi"],
  ["/login?user=admin&token=s3cret", "/login?user=*&token=*"],
  ["/show?patient-4711", "/show?*"],
  ["/show?a=1;b=2&=3&&c", "/show?a=*;b=*&=*&&*"],
  ["/a?x=1?y=2", "/a?x=*"],
  ["/a?x=b=c", "/a?x=*"],
  ["/main;jsessionid=ABC123/next;v=1?x=1", "/main;jsessionid=*/next;v=*?x=*"],
  ["/a?", "/a?"],
])("of %s a recording keeps %s", (target, kept) => {
  expect(recordedPath(target)).toBe(kept);
});

test("a long one is cut, and marked with the hash of the whole, so that two can be told apart", () => {
  const long = (end: string) => `/${"x".repeat(limits.recordPathCharacters)}${end}`;
  const [one, two] = [recordedPath(long("1")), recordedPath(long("2"))];
  expect(one).toHaveLength(limits.recordPathCharacters);
  expect(one.endsWith(`… sha256:${sha256(long("1"))}`)).toBe(true);
  expect(one).not.toBe(two);
  expect(recordedPath(long("").slice(0, limits.recordPathCharacters))).not.toContain("sha256");
});

test("the hash of a long one holds no value either, for a short value could be guessed from it", () => {
  const path = `/${"x".repeat(limits.recordPathCharacters)}?patient=`;
  expect(recordedPath(`${path}4711`)).toBe(recordedPath(`${path}4712`));
});
