import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ChecklistView, checklistSteps } from "../../../protocol/api/checklist.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { DebianRoot } from "../../parts/debian-root.ts";
import { installCommands } from "../../parts/install-page.ts";
import { InstalledService } from "../../parts/installed-service.ts";
import { debFile, packages } from "../../parts/packages.ts";
import { longPatienceMs } from "../../patience.ts";
import { Chromium, chromiumPath } from "../../story/parts/chromium.ts";
import { openOnPage } from "../../story/parts/pages.ts";
import { Person } from "../../story/parts/person.ts";
import { approve, deviceNamed, request, windowFromNow } from "../../story/parts/request.ts";
import { endedSession } from "../../story/parts/session.ts";
import { makeTestCa } from "../../story/parts/test-ca.ts";
import { until } from "../../story/parts/wait.ts";

const names = {
  portal: "portal.hospital.example",
  staff: "staff.hospital.example",
  access: "access.hospital-sessions.example",
};
const device = { address: "10.20.0.5", port: 80 };
const folder = "/root/genkan";

/** A device of the hospital: a page, and nothing else. */
const deviceProgram = `require("http").createServer((_, answer) => answer.end("<h1>Nurse call</h1>")).listen(${device.port}, "${device.address}", () => console.log("up"))`;

let root: DebianRoot;
let chromium: Chromium;
const children: ChildProcess[] = [];

/** Runs a program of this machine on the network of the root. */
const onItsNetwork = (command: readonly string[]): string[] => {
  const [, [target = ""]] = root.inside([]);
  return ["nsenter", target, "--net", ...command];
};

function executable(file: string, line: string): void {
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

beforeAll(async () => {
  const made = await packages();
  root = await DebianRoot.make();
  mkdirSync(root.file(folder), { recursive: true });
  for (const name of ["genkan-authority", "genkan-gateway", "genkan-agent"])
    cpSync(debFile(made, name), root.file(join(folder, basename(debFile(made, name)))));
  const ca = makeTestCa(root.file("/ca"), names);
  for (const [name, { cert, key }] of Object.entries(ca.hosts)) {
    cpSync(cert, root.file(`${folder}/${name}.pem`));
    cpSync(key, root.file(`${folder}/${name}.key`));
  }
  writeFileSync(root.file("/etc/hosts"), `127.0.0.1 localhost ${names.portal} ${names.staff}\n`);
  // No service manager runs inside: what is to start now is enabled, and the test starts it as its unit says.
  mkdirSync(root.file("/stand-in"));
  executable(root.file("/stand-in/systemctl"), `exec /usr/bin/systemctl --root=/ $(echo "$@" | sed s/--now//)`);
  const wrapper = root.file("/chromium");
  executable(wrapper, `exec ${onItsNetwork([chromiumPath]).join(" ")} "$@"`);
  const resolved = Object.fromEntries(
    [names.portal, names.staff, `*.${names.access}`].map((name) => [name, "127.0.0.1"]),
  );
  chromium = new Chromium({ certificates: ca, executable: wrapper, resolved });
}, 2 * longPatienceMs);

afterAll(async () => {
  await chromium?.close();
  for (const child of children) child.kill();
  await root?.remove();
});

test(
  "the commands of docs/install.md lead from an empty Debian to a first session that is cut",
  async () => {
    const began = performance.now();
    const blocks = installCommands();
    const [server = [], people = [], token = [], agentHost = [], allow = [], devices = []] = blocks;
    expect(blocks).toHaveLength(6);
    const typed: string[] = [];
    /** As somebody types it, in the folder with the packages; `answers` to what it asks. */
    const type = (command: string, answers = ""): string => {
      typed.push(command);
      const environment = { PATH: "/stand-in:/usr/sbin:/usr/bin:/sbin:/bin" };
      const line = `cd ${folder}; printf '%s' "$1" | { ${command}; }`;
      const { status, output } = root.run(["sh", "-ec", line, "sh", answers], environment);
      expect([command, status, output]).toEqual([command, 0, output]);
      return output;
    };
    const all = (commands: readonly string[]) => commands.map((command) => type(command)).join("\n");
    const said = (output: string, key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(output)?.[1] ?? "";

    // The device stands in its network before anybody comes.
    const address = ["ip", "address", "add", `${device.address}/32`, "dev", "lo"];
    const given = spawn("nsenter", onItsNetwork(address).slice(1));
    await new Promise((resolve) => given.once("close", resolve));
    const pump = spawn("nsenter", onItsNetwork([process.execPath, "-e", deviceProgram]).slice(1));
    children.push(pump);
    await new Promise((resolve) => pump.stdout?.once("data", resolve));

    // The server
    const first = all(server);
    const gateway = new InstalledService(root, "genkan-gateway");
    await gateway.tells("listening");
    const authority = new InstalledService(root, "genkan-authority");
    await authority.tells("gateway-connected");

    // Its pages
    const staff = `https://${names.staff}:8443`;
    const portal = `https://${names.portal}`;
    const it = await Person.sitDown("it", "en", chromium);
    await it.page.goto(staff);
    const field = (person: Person, key: string) => person.page.getByLabel(person.text(key));
    await field(it, "firstRun.code").fill(said(first, "firstCode"));
    await field(it, "firstRun.name").fill("Yamada Osamu");
    await field(it, "firstRun.login").fill("yamada");
    await it.press("firstRun.begin");
    await it.press("enrol.withPasskey");
    await it.page.waitForURL(`${staff}/administration`);
    await it.page.getByText(it.text("checklistReason.site-missing")).waitFor();

    await it.page.goto(`${staff}/administration/sites`);
    await it.press("site.add");
    await field(it, "site.name").fill("Central Hospital");
    await field(it, "site.zone").selectOption("Asia/Tokyo");
    await field(it, "site.contact").fill("+81 3 0000 2119");
    await it.press("record.save");
    await it.page.getByRole("article", { name: "Central Hospital" }).waitFor();
    await it.page.goto(`${staff}/administration/vendors`);
    await it.press("vendor.add");
    await field(it, "vendor.name").fill("Medical Systems");
    await field(it, "vendor.firstSite").selectOption({ label: "Central Hospital" });
    await it.press("record.save");
    await it.page.getByRole("article", { name: "Medical Systems" }).waitFor();

    const enrolled = async (login: string, link: string) => {
      const person = await Person.sitDown(login, "en", chromium);
      await person.page.goto(link);
      await person.press("enrol.withPasskey");
      await until(
        `sign-in of ${login}`,
        longPatienceMs,
        async () => (await person.ask<Me>("GET", "/api/me")).status === 200,
      );
      return person;
    };
    const links = [...all(people).matchAll(/^url: (.*)$/gm)].map(([, link = ""]) => link);
    const approver = await enrolled("tanaka", links[0] ?? "");
    const technician = await enrolled("sato", links[1] ?? "");

    // The agent's host
    const joining = said(all(token), "command");
    all(agentHost);
    type(joining);
    all(allow);
    const agent = new InstalledService(root, "genkan-agent");
    await agent.tells("trust-proposed");
    const why = async () =>
      Object.fromEntries((await it.get<ChecklistView>("/api/checklist")).steps.map(({ step, why }) => [step, why]));
    await it.page.goto(`${staff}/administration/checklist`);
    const accept = it.page.getByText(/^genkan-agent trust add --fingerprint SHA256:/);
    type((await accept.textContent()) ?? "", "y\n");
    await agent.tells("trust-pinned");

    // A first device, a first session
    all(devices);
    await it.page.goto(`${staff}/agents`);
    await it.press("reach.testOf", { device: "Nurse call", service: "Admin page" });
    await it.page.getByText(it.text("reaches.open")).waitFor();
    const asked = await request(technician, await deviceNamed(technician, "Nurse call"), windowFromNow(0, 3_600_000));
    const grant = await approve(approver, asked);
    await technician.page.goto(portal);
    const page = await openOnPage(technician, grant);
    await page.getByText("Nurse call").first().waitFor();
    const live = await until("live session", longPatienceMs, async () => {
      const { sessions } = await approver.get<{ sessions: SessionView[] }>("/api/sessions");
      return sessions.find(({ state }) => state === "live");
    });
    await approver.page.goto(`${staff}/sessions`);
    await approver.press("session.cut");
    const dialog = approver.page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("first rehearsal");
    await dialog.getByRole("button", { name: approver.text("session.cutNow"), exact: true }).click();
    expect((await endedSession(approver, live.id)).reason).toBe("ended-by-staff");
    await expect(page.reload({ timeout: 10_000 })).rejects.toThrow();

    // Proof, and what is kept
    const exported = await it.page.evaluate<number>(`fetch("/api/audit/export").then((answer) => answer.status)`);
    expect(exported).toBe(200);
    const recipient = said(type("genkan-authority recovery-key"), "recipient");
    type(`genkan-authority backup --to /var/lib/genkan-authority/first.backup --recipient ${recipient}`);
    await expect.poll(why).toEqual(Object.fromEntries(checklistSteps.map((step) => [step, null])));
    await it.page.goto(`${staff}/administration/checklist`);
    await it.page.getByText(it.text("checklist.done")).waitFor();

    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    console.log(
      `docs/install.md: ${typed.length} commands, ${minutes} minutes\n${typed.map((one) => `  ${one}`).join("\n")}`,
    );
  },
  2 * longPatienceMs,
);

test("both languages of the page have the same commands", () => {
  expect(installCommands("ja/install.md")).toEqual(installCommands());
});
