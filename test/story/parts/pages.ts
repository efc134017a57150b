import type { Page } from "playwright-core";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { Person } from "./person.ts";
import { until } from "./wait.ts";

/** Types the terminal's code on the page that it named, and confirms, as `genkan login` asks for. */
export async function confirmTerminal(person: Person, page: string, code: string): Promise<void> {
  await person.page.goto(page);
  await person.page.getByLabel(person.text("device.code")).fill(code);
  await person.press("device.find");
  await person.press("device.confirm");
  await person.page.getByText(person.text("device.confirmedNext")).waitFor();
  await person.page.goto(new URL("/", page).href);
}

/** The approver decides on the page of a request that is open in the inbox: yes, by passkey, for as long as asked. */
export async function approveOnPage(approver: Person, request: RequestView): Promise<RequestView> {
  const card = inboxCard(approver, request);
  await card.getByRole("link", { name: approver.text("inbox.decide"), exact: true }).click();
  await pressApprove(approver);
  return until("approval", 15_000, async () => {
    const now = await approver.get<RequestView>(`/api/requests/${request.id}`);
    return now.state === "approved" && now;
  });
}

/** Presses approve on the page of a request; a workstation that is new to approvers is acknowledged first. True if it was. */
export async function pressApprove(approver: Person): Promise<boolean> {
  const { page } = approver;
  await page.getByRole("button", { name: approver.text("approval.approve"), exact: true }).waitFor();
  const acknowledge = page.getByLabel(approver.text("ground.acknowledge"));
  const isNew = (await acknowledge.count()) > 0;
  if (isNew) await acknowledge.check();
  await approver.press("approval.approve");
  return isNew;
}

/** The card of a request in the approver's inbox. */
export function inboxCard(approver: Person, request: RequestView) {
  return approver.page
    .getByRole("article", { name: `${request.person.name} · ${request.device.name}`, exact: true })
    .or(approver.page.getByLabel(`${request.person.name} · ${request.device.name}`, { exact: true }))
    .first();
}

/** The technician opens a web service of a grant from the portal's first page; returns the device's page. */
export async function openOnPage(technician: Person, grant: GrantView): Promise<Page> {
  const opened = technician.context.waitForEvent("page");
  await technician.press("home.openOf", { device: grant.device.name, service: grant.services[0]?.name ?? "" });
  // A click that the browser has forgotten meanwhile is asked for once more.
  const again = technician.page.getByRole("button", { name: technician.text("home.openNow"), exact: true });
  await Promise.race([opened, again.click()]);
  return opened;
}

/** The officer locks on the page, `target` by its id; returns when the last button was pressed, on `performance.now()`'s clock. */
export async function lockOnPage(officer: Person, kind: string, target: string, reason: string): Promise<number> {
  const { page } = officer;
  await page.getByLabel(officer.text("lock.what")).selectOption(kind);
  await page.getByLabel(officer.text("lock.target")).selectOption(target);
  await officer.press("lock.lock");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(reason);
  const button = dialog.getByRole("button", { name: officer.text("lock.lockNow"), exact: true });
  const pressed = performance.now();
  await button.click();
  return pressed;
}
