import type { Defence } from "../defence.ts";

/** Who may decide what, at the authority and again at the agent. */
export const decisionsDefences: readonly Defence[] = [
  {
    row: "A8",
    what: "nobody approves their own, says the policy",
    file: "policy/checks/other-person.ts",
    find: 'approver.id !== person.id && !approver.roles.includes("technician")',
    replace: "approver.id !== '' && person.id !== ''",
    test: { file: "test/unit/policy/decide.test.ts", name: "is refused by other-person alone" },
  },
  {
    row: "A8",
    what: "nobody approves their own, says the agent",
    file: "agent/verify.ts",
    find: "holds: (c) => c.approvers.every((key) => key.person.id !== c.grant.person.id),",
    replace: "holds: () => true,",
    test: { file: "test/component/agent/verify.test.ts", name: "is refused with approval-self" },
  },
  {
    row: "A8",
    what: "a grant is within its request",
    file: "policy/checks/within-request.ts",
    find: "asked.start <= window.start && window.end <= asked.end",
    replace: "asked.start <= window.end",
    test: { file: "test/component/authority/approve.test.ts", name: "gives less than was asked, never more" },
  },
  {
    row: "A8",
    what: "an approval names the hash of what was approved",
    file: "agent/verify.ts",
    find: " && approval.grants.includes(grantHash)",
    replace: "",
    test: { file: "test/component/agent/verify.test.ts", name: "when another grant was approved" },
  },
  {
    row: "A8",
    what: "one person is one approver",
    file: "agent/verify.ts",
    find: "new Set(approvers.map((key) => key.person.id)).size",
    replace: "approvers.length",
    test: { file: "test/component/agent/verify.test.ts", name: "two are wanted and one approved twice" },
  },
  {
    row: "A8",
    what: "a request is settled once, whoever races",
    file: "store/request.ts",
    find: `
    .where("state", "=", "pending")
    .where(scope.rows({ site: "request.site", vendor: "request.vendor", person: "request.person" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;`,
    replace: `
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;`,
    test: { file: "test/component/store/once.test.ts", name: "one settles the request" },
  },
  {
    row: "A18",
    what: "a ticket is good once",
    file: "agent/nonces.ts",
    find: `const expiry = this.#expiry.get(nonce);
    this.#expiry.delete(nonce);`,
    replace: "const expiry = this.#expiry.get(nonce);",
    test: { file: "test/component/agent/verify.test.ts", name: "is admitted once: the same ticket again" },
  },
  {
    row: "A21",
    what: "an agent serves grants that name its own key",
    file: "agent/verify.ts",
    find: "holds: (c) => c.grant.agent.key === c.ground.self,",
    replace: "holds: () => true,",
    test: { file: "test/component/agent/verify.test.ts", name: "when the grant is for another agent" },
  },
  {
    row: "A21",
    what: "an agent serves its own site",
    file: "agent/verify.ts",
    find: "holds: (c) => c.grant.site.id === c.ground.site }",
    replace: "holds: () => true }",
    test: { file: "test/component/agent/verify.test.ts", name: "when the grant is for another site" },
  },
  {
    row: "A21",
    what: "an agent speaks of its own sessions only",
    file: "authority/agent-events.ts",
    find: 'if (!row || row.agent !== agent) throw new GenkanError("session-unknown");',
    replace: 'if (!row) throw new GenkanError("session-unknown");',
    test: { file: "test/component/authority/agent.test.ts", name: "speaks of its own sessions only" },
  },
  {
    row: "A21",
    what: "an agent that has not joined says nothing",
    file: "authority/agent-links.ts",
    find: 'if (!agent || !joined) throw new GenkanError("join-refused");',
    replace: 'if (!joined && !agent) return "";',
    test: { file: "test/component/authority/agent.test.ts", name: "that nobody joined says nothing but its join" },
  },
  {
    row: "A22",
    what: "a join token is good once",
    file: "store/agent.ts",
    find: `
    .where("used_at", "is", null)`,
    replace: "",
    test: { file: "test/component/store/once.test.ts", name: "a join token is good once, in its time, for its site" },
  },
  {
    row: "A22",
    what: "a join token is short-lived",
    file: "store/agent.ts",
    find: `
    .where("expires_at", ">", now.toISOString())`,
    replace: "",
    test: { file: "test/component/store/once.test.ts", name: "a join token is good once, in its time, for its site" },
  },
  {
    row: "A22",
    what: "an agent uses no file that others on its host may write",
    file: "agent/durable-file.ts",
    find: 'if (fault !== null) throw new GenkanError("bad-request", `${path} is not used, for ${fault}`);',
    replace: "",
    test: { file: "test/component/agent/file-rights.test.ts", name: "is not used with mode" },
  },
  {
    row: "A22",
    what: "the join command carries the fingerprints of gateway and authority",
    file: "bin/genkan-authority.ts",
    find: " --gateway-key ${facts.gatewayKey} --authority-key ${facts.authorityKey}",
    replace: "",
    test: { file: "test/attacks/world/at-rest.test.ts", name: "A22: the join command" },
  },
  {
    row: "A22",
    what: "an agent joins the authority whose key it was told",
    file: "agent/control.ts",
    find: "pin: authorityKey,",
    replace: "pin: undefined as never,",
    test: { file: "test/attacks/join.test.ts", name: "A22: joins nobody" },
  },
  {
    row: "A22",
    what: "a leg's token is shown to the gateway of the known key only",
    file: "link/carrier-upgrade.ts",
    find: "pin: gateway.pin,",
    replace: "pin: undefined as never,",
    test: { file: "test/component/gateway/route.test.ts", name: "is not shown to a gateway with another key" },
  },
  {
    row: "A22",
    what: "no program but the launcher may start another, by whatever path",
    file: "test/architecture/table.ts",
    find: '"node:child_process": ["bin"],',
    replace: '"node:child_process": ["bin", "agent", "gateway", "authority", "cli", "channels"],',
    test: { file: "test/architecture.test.ts", name: "flags agent/probe.ts: import { exec }" },
  },
];
