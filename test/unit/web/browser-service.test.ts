import { expect, test } from "vitest";
import { opensInBrowser } from "../../../web/portal/browser-service.ts";

test("the browser is offered for http alone, as authority and agent let it in", () => {
  expect((["http", "https", "ssh", "tcp"] as const).filter(opensInBrowser)).toEqual(["http"]);
});
