import type { Locator, Page } from "playwright-core";

const mostStops = 80;

/** What is wrong with the element that has the focus: it can't be seen to have it, or something covers it. */
const stopFault = `(() => {
  const held = document.activeElement;
  if (!held || held === document.body) return null;
  const rings = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  };
  const shown = held.closest("label") ?? held;
  const name = held.outerHTML.slice(0, 120);
  // The button inside a date's field is the browser's own, and so is its ring; the field itself is then not :focus-visible.
  const inside = held.type === "datetime-local" && !held.matches(":focus-visible");
  if (!inside && !rings(held) && !rings(shown)) return "no outline: " + name;
  const { left, top, width, height } = shown.getBoundingClientRect();
  const over = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 20));
  return over && (shown.contains(over) || over.contains(shown)) ? null : "covered: " + name;
})()`;

/** What on this page is wider than the screen or too small to be hit: WCAG 2.2, 1.4.10 and 2.5.8 (24 by 24 pixels). */
const misfits = `(() => {
  const found = document.documentElement.scrollWidth > innerWidth ? ["wider than the screen"] : [];
  for (const target of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (target.closest("[aria-hidden=true]")) continue;
    const shown = target.closest("label") ?? target;
    const { width, height } = shown.getBoundingClientRect();
    // A link within a line of text is exempt, and the way past the menu shows only when it has the focus.
    const exempt = getComputedStyle(shown).display === "inline" || shown.getAttribute("href") === "#content";
    if (width > 0 && !exempt && (width < 24 || height < 24)) found.push("small: " + shown.outerHTML.slice(0, 120));
  }
  return found;
})()`;

/** Presses Tab until this has the focus; returns what was wrong at the stops on the way. */
export async function tabTo(page: Page, target: Locator): Promise<string[]> {
  const faults: string[] = [];
  await target.waitFor();
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press("Tab");
    const fault = await page.evaluate<string | null>(stopFault);
    if (fault) faults.push(fault);
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return faults;
  }
  throw new Error(`The keyboard does not reach ${String(target)}.`);
}

/** Tabs on until the first stop comes again, and back; throws where the focus is held. Returns how many stops there are. */
export async function walkAround(page: Page): Promise<number> {
  const counts: number[] = [];
  for (const key of ["Tab", "Shift+Tab"]) {
    await page.evaluate(`{
      document.activeElement?.blur();
      for (const element of document.querySelectorAll("[data-walked]")) delete element.dataset.walked;
    }`);
    let stops = 0;
    for (let presses = 0; ; presses++) {
      if (presses > mostStops) throw new Error(`The focus does not come around by ${key}.`);
      await page.keyboard.press(key);
      // A field of a date has several stops inside, which the document sees as one.
      const came = await page.evaluate<"new" | "known" | "first">(`(() => {
        const held = document.activeElement;
        if (!held || held === document.body) return "known";
        if (held.dataset.walked) return held.dataset.walked === "0" && ${stops} > 1 ? "first" : "known";
        held.dataset.walked = "${stops}";
        return "new";
      })()`);
      if (came === "first") break;
      if (came === "new") stops++;
    }
    counts.push(stops);
  }
  if (counts[0] !== counts[1]) throw new Error(`There are ${counts.join(" and ")} stops, forth and back.`);
  return counts[0] ?? 0;
}

/** Faults of the page as it stands, on a phone and on a desk. */
export async function fits(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    found.push(...(await page.evaluate<string[]>(misfits)).map((fault) => `${width}: ${fault}`));
  }
  return found;
}
