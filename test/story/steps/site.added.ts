import type { Static } from "typebox";
import type { SiteList } from "../../../protocol/api/site.ts";
import type { Context } from "../context.ts";
import type { Evidence } from "../result.ts";

/** The first administrator adds the hospital on the page, and the checklist's first step turns green by itself. */
export async function run(context: Context): Promise<Evidence> {
  const it = context.newcomer;
  if (!it) throw new Error("There is no administrator of an empty installation.");
  const { origin } = new URL(it.page.url());
  await it.page.goto(`${origin}/administration/sites`);
  await it.press("site.add");
  await it.page.getByLabel(it.text("site.name")).fill("西病院");
  await it.page.getByLabel(it.text("site.zone")).selectOption("Asia/Tokyo");
  await it.page.getByLabel(it.text("site.contact")).fill("内線 2119");
  await it.press("record.save");
  await it.page.getByRole("article", { name: "西病院" }).waitFor();
  await it.page.goto(`${origin}/administration/checklist`);
  await it.page
    .getByRole("article", { name: it.text("checklistStep.site") })
    .getByText(it.text("checklist.isDone"))
    .waitFor();
  const { sites } = await it.get<Static<typeof SiteList>>("/api/sites");
  return { sites };
}
