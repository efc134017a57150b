import type { Defence } from "../defence.ts";

/** Who may act on what, where; and that each act stands in the log. */
export const peoplesDefences: readonly Defence[] = [
  {
    row: "A7",
    what: "who is locked acts on nothing of others",
    file: "authority/not-locked.ts",
    find: '(await lockedTargets(db, scope, "person")).has(caller.person.id)',
    replace: '(await lockedTargets(db, scope, "person")).has(null)',
    test: { file: "test/component/authority/locked-officer.test.ts", name: "thaws nothing, freezes nothing" },
  },
  {
    row: "A7",
    what: "who is locked locks nobody",
    file: "authority/lock.ts",
    find: `    await requireNotLocked(change.db, caller, site);
    const { kind, target, reason } = body;`,
    replace: "    const { kind, target, reason } = body;",
    test: { file: "test/component/authority/locked-officer.test.ts", name: "locks neither everything nor the last" },
  },
  {
    row: "A7",
    what: "nobody is turned off everywhere by whoever administers a part of them",
    file: "authority/administered.ts",
    find: "if (!inForce.every((one) => covers(by.scope, placeOfMembership(one))))",
    replace: "if (!inForce.some((one) => covers(by.scope, placeOfMembership(one))))",
    test: { file: "test/component/authority/invitation.test.ts", name: "nobody administers themselves" },
  },
  {
    row: "A7",
    what: "nobody takes a workstation from whom they do not administer",
    file: "authority/workstation-removal.ts",
    find: "    const person = await personOf(change, { id: known.person }, by);",
    replace: '    const person = await personOf(change, { id: known.person }, { kind: "host", scope: system });',
    test: { file: "test/component/authority/workstation-removal.test.ts", name: "is whoever runs the installation" },
  },
  {
    row: "A9",
    what: "whoever is disabled comes back on no workstation of before",
    file: "authority/person-active.ts",
    find: "await removeAllWithin(change, person, { actor: actorOf(by), at });",
    replace: "await Promise.resolve(removeAllWithin);",
    test: { file: "test/component/authority/workstation-removal.test.ts", name: "ask and open nothing, also once" },
  },
  {
    row: "A9",
    what: "a vendor's people keep no workstation when its work ends",
    file: "authority/offboarding.ts",
    find: "await removeAllWithin(change, { id, memberships }, { actor, at });",
    replace: "await Promise.resolve(removeAllWithin);",
    test: { file: "test/component/authority/workstation-removal.test.ts", name: "off-boarding takes away" },
  },
  {
    row: "A20",
    what: "no lock is lost with its person's workstations",
    file: "authority/workstation-removal.ts",
    find: "if (removedAt !== null || locked.has(id)) continue;",
    replace: "if (removedAt !== null || locked.has(null)) continue;",
    test: { file: "test/component/authority/workstation-removal.test.ts", name: "stay where they are locked" },
  },
  {
    row: "A7",
    what: "a role counts at the site where it is held alone",
    file: "api/authenticate.ts",
    find: "scope: Scope.ofPerson(caller.person, roles)",
    replace: "scope: Scope.ofPerson(caller.person)",
    test: { file: "test/component/api/two-sites.test.ts", name: "an officer of one hospital locks nothing at another" },
  },
  {
    row: "A7",
    what: "a route without a declared permission stops the start",
    file: "api/server.ts",
    find: "if (permission === undefined || !audit || bodyLimit === undefined)",
    replace: "if (!audit || bodyLimit === undefined)",
    test: { file: "test/component/api/routes.test.ts", name: "permission" },
  },
  {
    row: "A7",
    what: "a vendor finds its own grants only",
    file: "store/grant.ts",
    find: `
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .executeTakeFirst();
  if (!row) return null;`,
    replace: `
    .executeTakeFirst();
  if (!row) return null;`,
    test: { file: "test/component/store/scope.test.ts", name: "shows what is theirs and nothing else: findGrant" },
  },
  {
    row: "A7",
    what: "a scope narrows by site, vendor and person",
    file: "store/scope.ts",
    find: "if (vendor !== undefined && this.vendor !== null)",
    replace: 'if (vendor === "" && this.vendor !== null)',
    test: { file: "test/component/store/scope.test.ts", name: "shows what is theirs and nothing else" },
  },
  {
    row: "A7",
    what: "another vendor's and hospital's grants look unknown on every route",
    file: "store/grant.ts",
    find: `
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .selectAll("grant")`,
    replace: `
    .selectAll("grant")`,
    test: { file: "test/component/api/defence.test.ts", name: "on every route with an id" },
  },
  {
    row: "A23",
    what: "every refusal stands in the log before it is told",
    file: "api/problem.ts",
    find: `
    await auditRefusal(c, of, error);`,
    replace: "",
    test: { file: "test/attacks/authority/token.test.ts", name: "A18: a proof that was seen once" },
  },
  {
    row: "A23",
    what: "a refusal names what was refused",
    file: "api/problem.ts",
    find: "subjectsNamed(of.request)",
    replace: "{}",
    test: {
      file: "test/component/api/refused-subjects.test.ts",
      name: "a refusal names what the caller named, and the device and site",
    },
  },
  {
    row: "A23",
    what: "a fact that nobody has classified is not kept",
    file: "protocol/audit.ts",
    find: 'filter(([name]) => classOf(name) !== "secret")',
    replace: "filter(([name]) => name !== undefined)",
    test: {
      file: "test/unit/protocol/audit.test.ts",
      name: "does not compile with a fact that nobody has classified",
    },
  },
  {
    row: "A23",
    what: "an export's own record can't stand as another's",
    file: "crypto/audit-line.ts",
    find: 'else if (isToldBlind(audience, { ownerSalt, site, vendor })) problem = "withheld-own";',
    replace: "",
    test: { file: "test/unit/crypto/audit-file.test.ts", name: "is refused where its own record" },
  },
  {
    row: "A7",
    what: "a vendor invites at its registered mail domains alone",
    file: "authority/invitation.ts",
    find: "await requireMail(change.db, by, said.login);",
    replace: "",
    test: { file: "test/component/authority/attestation.test.ts", name: "a vendor invites at the mail domains" },
  },
  {
    row: "A7",
    what: "a subcontractor asks with a consent in date alone",
    file: "policy/checks/consent-in-date.ts",
    find: "facts.consent !== null && [{ start: now, end: now + 1 }, ...(facts.windows ?? [])].every(within(facts.consent))",
    replace: "true",
    test: { file: "test/component/authority/subcontract.test.ts", name: "asks with a consent in date alone" },
  },
  {
    row: "A9",
    what: "whom the vendor does not confirm in time is suspended",
    file: "authority/attestation.ts",
    find: "if (!(await suspend(change.db, { person, vendor, at }))) continue;",
    replace: "continue;",
    test: { file: "test/component/authority/attestation.test.ts", name: "whom the vendor does not confirm in time" },
  },
  {
    row: "A17",
    what: "the first administrator's code is good once",
    file: "store/first-code.ts",
    find: "return result.numDeletedRows === 1n;",
    replace: "return true;",
    test: { file: "test/component/api/first-run.test.ts", name: "a code is good once" },
  },
  {
    row: "A23",
    what: "no restore puts aside a store whose log has more records",
    file: "authority/backup.ts",
    find: 'if (tree.size > facts.size) return "newer";',
    replace: "",
    test: { file: "test/component/authority/backup.test.ts", name: "knows one that holds more" },
  },
];
