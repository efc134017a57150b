/** The main job, step by step, in this order. Each is a file of `steps/`. */
export const stepNames = [
  "technician.enrolled",
  "approver.enrolled",
  "officer.enrolled",
  "agent.joined",
  "agent.trust-pinned",
  "device.reach-tested",
  "request.created",
  "request.signed-by-workstation",
  "request.self-approval-refused",
  "workstation.new-shown",
  "request.doctored-refused-by-page",
  "request.approved",
  "session.http",
  "session.websocket",
  "devices.quirks-as-browser",
  "session.https",
  "device.certificate-change-stopped",
  "session.ssh",
  "session.scp-100mb",
  "cli.proxycommand",
  "session.tcp",
  "session.outside-window-refused",
  "session.other-device-refused",
  "agent.unlisted-target-refused",
  "agent.replayed-ticket-refused",
  "agent.unapproved-grant-refused",
  "request.doctored-refused-by-agent",
  "session.window-closed",
  "session.revoked",
  "person.locked",
  "lock.officer-cannot-thaw",
  "vendor.added",
  "vendor.invited-technician",
  "subcontractor.refused-without-consent",
  "vendor.unattested-suspended",
  "vendor.offboarded-cuts",
  "lease.lost-cut",
  "audit.verified",
  "audit.tamper-found",
  "install.checklist-green",
  "install.first-run",
  "site.added",
  "restart.recovered",
  "backup.restored-equal-root",
  "oidc.signed-in",
  "oidc.down-local-works",
] as const;

/** What only separate networks, or a system of its own, can show, after all others: only with `--netns`. */
export const networkStepNames = [
  "vlan.outbound-only",
  "vlan.no-inbound",
  "authority.no-inbound",
  "lan.client-refused",
  "sweep.zero-opens",
  "package.deb-installed",
] as const;

/** What takes somebody or something of the cast out, after all that needs them. */
export const lastStepNames = [
  "person.disabled-cuts",
  "passkey.lost-recovered",
  "passkey.renewed",
  "workstation.removed-cuts",
] as const;

export type StepName = (typeof stepNames)[number] | (typeof networkStepNames)[number] | (typeof lastStepNames)[number];

/** The steps of a run. */
export const stepsOf = ({ netns }: { netns: boolean }): readonly StepName[] =>
  netns ? [...stepNames, ...networkStepNames, ...lastStepNames] : [...stepNames, ...lastStepNames];
