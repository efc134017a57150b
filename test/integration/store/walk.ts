import { newId } from "../../../crypto/random.ts";
import type { BackupRow } from "../../../protocol/backup.ts";
import { type Id, isId } from "../../../protocol/make-id.ts";
import * as account from "../../../store/account.ts";
import * as agent from "../../../store/agent.ts";
import * as approval from "../../../store/approval.ts";
import * as approverList from "../../../store/approver-list.ts";
import * as attestation from "../../../store/attestation.ts";
import * as authenticator from "../../../store/authenticator.ts";
import * as backup from "../../../store/backup.ts";
import * as ceremony from "../../../store/ceremony.ts";
import * as contract from "../../../store/contract.ts";
import * as device from "../../../store/device.ts";
import * as deviceCode from "../../../store/device-code.ts";
import * as deviceRecord from "../../../store/device-record.ts";
import * as dossier from "../../../store/dossier.ts";
import * as enrolment from "../../../store/enrolment.ts";
import * as erasure from "../../../store/erasure.ts";
import * as firstCode from "../../../store/first-code.ts";
import * as gateway from "../../../store/gateway.ts";
import * as grant from "../../../store/grant.ts";
import * as identity from "../../../store/identity.ts";
import * as lock from "../../../store/lock.ts";
import * as log from "../../../store/log.ts";
import { audienceOf } from "../../../store/log-audience.ts";
import { spendLogBudget } from "../../../store/log-budget.ts";
import { exportLog, proveRecord } from "../../../store/log-export.ts";
import { reindex } from "../../../store/log-index.ts";
import { listLog } from "../../../store/log-list.ts";
import * as membership from "../../../store/membership.ts";
import * as newest from "../../../store/newest.ts";
import * as person from "../../../store/person.ts";
import * as provider from "../../../store/provider.ts";
import * as reach from "../../../store/reach.ts";
import * as recording from "../../../store/recording.ts";
import * as request from "../../../store/request.ts";
import * as retention from "../../../store/retention.ts";
import { Scope } from "../../../store/scope.ts";
import * as session from "../../../store/session.ts";
import * as setting from "../../../store/setting.ts";
import * as signIn from "../../../store/sign-in.ts";
import * as site from "../../../store/site.ts";
import { readEpoch, type Store } from "../../../store/store.ts";
import * as subcontract from "../../../store/subcontract.ts";
import * as usedOnce from "../../../store/used-once.ts";
import * as vendor from "../../../store/vendor.ts";
import * as workstation from "../../../store/workstation.ts";
import { admission, approvalAllowed } from "../../allowed.ts";
import { askedFor, grantOf, keptUnsigned } from "../../asked.ts";
import { asHash, asPin, asThumbprint } from "../../brand.ts";
import { outcome } from "../../component/authority/world.ts";
import { raiseEpoch } from "../../component/store/epoch.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { newLogKey } from "./stores.ts";

const at = (minutes: number) => new Date(Date.parse("2026-03-02T01:00:00.000Z") + minutes * 60_000);
const time = (minutes: number) => at(minutes).toISOString();
const system = Scope.system();
const jwk = { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } as const;
const signed = { statement: "c3Q", credential: "Y3I", authenticatorData: "YQ", clientDataJson: "Yw", signature: "cw" };

/** What each call answered, in order. */
export type Transcript = { call: string; answer: unknown }[];

/**
 * One life of a store, with every function that reads or writes rows called at least once, and each of those that may say
 * no called until it does. Two dialects are alike when they tell the same of it.
 */
export async function walk(store: Store): Promise<Transcript> {
  const { db } = store;
  const transcript: Transcript = [];
  const tell = async <T>(call: string, answer: Promise<T> | T): Promise<T> => {
    const value = await answer;
    transcript.push({ call, answer: value === undefined ? null : value });
    return value;
  };

  // The register. Names are in an order that only bytes give: a capital before a small letter, Kanji last.
  for (const [id, zone] of [["sit_b", "Asia/Tokyo"] as const, ["sit_a", "Europe/Berlin"] as const])
    await tell("insertSite", site.insertSite(db, { id, name: `Hospital ${id}`, zone, contact: null }));
  await tell("listSites", site.listSites(db, system));
  await tell("findSite", site.findSite(db, system, "sit_a"));
  await tell("updateSite", site.updateSite(db, system, "sit_a", { contact: "+81 3 0000 0000", active: false }));
  await tell("updateSite", site.updateSite(db, system, "sit_a", { active: true }));
  await tell(
    "insertVendor",
    vendor.insertVendor(db, { id: "ven_1", name: "医療機器", contact: null, mailDomains: ["a.example"] }),
  );
  await tell("listVendors", vendor.listVendors(db, system));
  await tell("insertVendor", vendor.insertVendor(db, { id: "ven_2", name: "Sub", contact: "c", mailDomains: [] }));
  const anew = { name: "Subcontractor", contact: null, mailDomains: ["b.example"] };
  await tell("updateVendor", vendor.updateVendor(db, system, "ven_2", { ...anew, active: false }));
  await tell("updateVendor", vendor.updateVendor(db, system, "ven_2", { active: true }));
  await tell("findVendor", vendor.findVendor(db, system, "ven_2"));
  for (const minutes of [0, 1]) await tell("engageVendor", vendor.engageVendor(db, "ven_2", "sit_b", at(minutes)));
  await tell("listVendorSites", vendor.listVendorSites(db, system));
  const beyond = async () => [...(await vendor.vendorsBeyond(db, system.at("sit_a")))];
  await tell("vendorsBeyond", beyond());
  const sub = { site: "sit_b", vendor: "ven_1", subcontractor: "ven_2" } as const;
  for (const consent of [null, { from: time(0), until: time(9) }]) {
    await tell("putSubcontract", subcontract.putSubcontract(db, sub, { consent, note: "n" }));
    await tell("findConsent", subcontract.findConsent(db, system, sub));
  }
  await tell("listSubcontracts", subcontract.listSubcontracts(db, system));
  const paper = { kind: "isms", number: "IS 1", issued: "2025-01-01", expires: null, reference: null } as const;
  const filed = await tell(
    "insertDossierEntry",
    dossier.insertDossierEntry(db, { vendor: "ven_1", site: "sit_b", ...paper }),
  );
  for (const of of ["ven_1", "ven_2"] as const)
    await tell(
      "updateDossierEntry",
      dossier.updateDossierEntry(db, system, { id: filed, vendor: of }, { ...paper, expires: "2028-01-01" }),
    );
  await tell("listDossier", dossier.listDossier(db, system));
  for (const [id, name, of, roles] of [
    ["per_1", "éa", "ven_1", ["technician"]] as const,
    ["per_2", "Zb", null, ["approver", "officer"]] as const,
    ["per_3", "aC", null, ["auditor"]] as const,
    ["per_4", "山田", "ven_1", ["vendor-administrator"]] as const,
  ]) {
    await tell("insertPerson", person.insertPerson(db, { id, name, login: `${id}@example.org`, at: at(0) }));
    const place = of === null ? ({ site: "sit_b", vendor: null } as const) : ({ site: null, vendor: of } as const);
    await tell("putMembership", membership.putMembership(db, id, place, { roles, until: null }));
  }
  for (const [site, roles, until] of [
    ["sit_b", ["auditor", "administrator"], null] as const,
    ["sit_a", ["officer"], at(7)] as const,
    ["sit_a", ["approver"], at(6)] as const,
  ])
    await tell("putMembership", membership.putMembership(db, "per_3", { site, vendor: null }, { roles, until }));
  for (const minutes of [5, 6])
    await tell(
      "membershipsOf",
      membership.membershipsOf(db, ["per_3", "per_1"], at(minutes)).then((found) => [...found]),
    );
  for (const active of [false, true]) {
    await tell("setPersonActive", person.setPersonActive(db, "per_3", active));
    await tell("findPerson", person.findPerson(db, system, "per_3", null));
  }
  await tell("findPerson", person.findPerson(db, system, "per_1", at(0)));
  await tell("findPerson", person.findPerson(db, system, "per_none", at(0)));
  await tell("findPersonByLogin", person.findPersonByLogin(db, system, "per_2@example.org", at(0)));

  for (let i = 0; i < 2; i++) {
    await tell("listAttested", attestation.listAttested(db, system));
    await tell("findAttested", attestation.findAttested(db, system, "per_1", "ven_1"));
    await tell(
      "insertAttestation",
      attestation.insertAttestation(db, { person: "per_1", vendor: "ven_1", by: "per_4", at: at(1) }),
    );
    await tell("suspend", attestation.suspend(db, { person: "per_1", vendor: "ven_1", at: at(2) }));
  }
  await tell("listSuspended", attestation.listSuspended(db, system));
  await tell("restore", attestation.restore(db, "per_1", "ven_1"));
  await tell("readAttestationInterval", attestation.readAttestationInterval(db));
  await tell("writeAttestationInterval", attestation.writeAttestationInterval(db, 86_400_000));
  await tell("readAttestationInterval", attestation.readAttestationInterval(db));
  // What a vendor that has left must erase.
  const left = { vendor: "ven_1", site: "sit_b", what: "copies", due: "2026-04-01", at: at(1) } as const;
  const task = await tell("insertErasure", erasure.insertErasure(db, left));
  for (let i = 0; i < 2; i++)
    await tell(
      "confirmErasure",
      erasure.confirmErasure(db, system, task, { by: "per_1", reference: "C-1", at: at(2) }),
    );
  await tell("listErasures", erasure.listErasures(db, system));

  // Agents
  await tell("insertJoinToken", agent.insertJoinToken(db, { tokenHash: asHash("t"), site: "sit_b", expiresAt: at(5) }));
  for (const minutes of [6, 1]) await tell("findJoinToken", agent.findJoinToken(db, asHash("t"), at(minutes)));
  for (const minutes of [6, 1, 2]) await tell("useJoinToken", agent.useJoinToken(db, asHash("t"), at(minutes)));
  for (const id of ["agt_1", "agt_2"] as const)
    await tell(
      "insertAgent",
      agent.insertAgent(db, { id, site: "sit_b", name: id, key: asPin(`key ${id}`), sealKey: "seal", at: at(1) }),
    );
  const seen = { at: at(2), recorder: true, skewMs: -9_007_199_254_740_991, trust: { version: 3, hash: asHash("h") } };
  await tell("stampAgent", agent.stampAgent(db, system, "agt_1", seen));
  await tell("setAgentName", agent.setAgentName(db, "agt_1", "エージェント 1"));
  await tell("listAgents", agent.listAgents(db, system));
  for (const key of ["key agt_2", "nobody's"])
    await tell("findAgentByKey", agent.findAgentByKey(db, system, asPin(key)));

  for (const active of [false, true]) {
    await tell("setAgentActive", agent.setAgentActive(db, "agt_2", active));
    for (const id of ["agt_2", "agt_none"] as const) await tell("findAgent", agent.findAgent(db, system, id));
  }

  // The first administrator
  for (const codeHash of ["older", "first"])
    await tell("putFirstCode", firstCode.putFirstCode(db, { codeHash: asHash(codeHash), expiresAt: at(5) }));
  for (const [code, minutes] of [
    ["older", 1] as const,
    ["first", 6] as const,
    ["first", 1] as const,
    ["first", 1] as const,
  ])
    await tell("useFirstCode", firstCode.useFirstCode(db, asHash(code), at(minutes)));
  await tell("hasAdministrator", firstCode.hasAdministrator(db, at(1)));
  await tell("hasFirstCode", firstCode.hasFirstCode(db, at(1)));
  await tell("hasEnrolledStaff", firstCode.hasEnrolledStaff(db, at(1)));

  // Gateways
  const place = { name: "g", host: "gateway.example", port: 443, key: asPin("k") };
  await tell("putGateway", gateway.putGateway(db, place));
  await tell("putGateway", gateway.putGateway(db, { ...place, port: 8443 }));
  const [dialled] = await tell("listGateways", gateway.listGateways(db));
  const moved = { host: "other.example", active: false };
  await tell("updateGateway", gateway.updateGateway(db, dialled?.id ?? "gtw_", moved));
  await tell("updateGateway", gateway.updateGateway(db, dialled?.id ?? "gtw_", { active: true }));
  await tell("listGateways", gateway.listGateways(db));

  // How long what is kept
  for (const days of [90, null]) {
    const kept = { recordingDays: days, logDays: 365 };
    await tell("putRetention", retention.putRetention(db, "sit_b", kept));
    await tell("listRetention", retention.listRetention(db, system));
  }

  // Devices
  for (const [id, name] of [["dev_1", "pump"] as const, ["dev_2", "MRI"] as const]) {
    const one = { id, site: "sit_b", vendor: "ven_1", agent: "agt_1", name, model: "M" } as const;
    const shell = { id: `svc_${id}`, name: "shell", protocol: "ssh", address: "10.0.0.1", port: 22 } as const;
    await tell("insertDevice", device.insertDevice(db, one, [shell]));
    const contracted = { vendor: "ven_1", device: id, starts: at(-60), ends: at(600) } as const;
    // Its id is random, so two stores tell the same of its kind only.
    await tell(
      "insertContract",
      contract.insertContract(db, contracted).then((made) => isId("contract", made)),
    );
  }
  const port = { name: "pages", protocol: "https", address: "10.0.0.1", port: 443 } as const;
  await tell("insertService", device.insertService(db, "dev_2", { id: "svc_2", ...port, tls: ["self-signed"] }));
  await tell("updateService", deviceRecord.updateService(db, "svc_2", { ...port, port: 8_443 }));
  await tell(
    "updateDevice",
    deviceRecord.updateDevice(db, system, "dev_2", {
      name: "MRI",
      model: "M2",
      vendor: "ven_1",
      agent: "agt_1",
      tags: ["放射線", "3F"],
      location: "3F 東",
      owner: null,
      notes: "line\nline",
    }),
  );
  for (const active of [false, true]) {
    await tell("setDeviceActive", deviceRecord.setDeviceActive(db, system, "dev_2", active));
    await tell("setServiceActive", deviceRecord.setServiceActive(db, "svc_2", active));
    await tell("findDevice", device.findDevice(db, system, "dev_2"));
  }
  const [first] = await contract.listContracts(db, system);
  await tell("updateContract", contract.updateContract(db, first?.id ?? "ctr_", { starts: at(-60), ends: at(600) }));
  await tell(
    "listContracts",
    contract
      .listContracts(db, system, first?.id)
      .then((found) => found.map(({ vendor: of, starts, ends }) => [of, starts, ends])),
  );
  const told = ({ contracts, ...one }: deviceRecord.StoredDeviceRecord) => [one, contracts.length];
  await tell(
    "listDeviceRecords",
    deviceRecord.listDeviceRecords(db, system).then((found) => found.map(told)),
  );
  for (const id of ["dev_2", "dev_none"] as const)
    await tell(
      "findDeviceRecord",
      deviceRecord.findDeviceRecord(db, system, id).then((found) => found && told(found)),
    );
  for (const id of ["svc_2", "svc_none"] as const)
    await tell(
      "findDeviceOfService",
      deviceRecord.findDeviceOfService(db, system, id).then((found) => found?.id ?? null),
    );
  const devices = await tell("listDevices", device.listDevices(db, system));
  for (const one of devices)
    await tell(
      "deviceView",
      device.deviceView(one, () => true),
    );
  for (const found of ["refused", "open"] as const)
    await tell("keepReach", reach.keepReach(db, { service: "svc_dev_1", reach: found, at: at(3) }));
  await tell("listReaches", reach.listReaches(db, system));
  await tell("findDevice", device.findDevice(db, system, "dev_1"));
  await tell("findDevice", device.findDevice(db, system, "dev_none"));
  await tell("findContract", contract.findContract(db, system, "ven_1", "dev_1", at(0)));
  await tell("findContract", contract.findContract(db, system, "ven_1", "dev_none", at(0)));
  for (const minutes of [30, 30]) await tell("endContracts", contract.endContracts(db, "ven_1", "dev_2", at(minutes)));
  await tell("findContract", contract.findContract(db, system, "ven_1", "dev_2", at(0)));

  // Enrolment, passkeys, sign-in
  await tell(
    "insertEnrolment",
    enrolment.insertEnrolment(db, { codeHash: asHash("e"), person: "per_1", at: at(0), expiresAt: at(5) }),
  );
  await tell("findEnrolment", enrolment.findEnrolment(db, asHash("e"), at(4)));
  await tell("findEnrolment", enrolment.findEnrolment(db, asHash("e"), at(5)));
  for (const minutes of [5, 4, 4]) await tell("useEnrolment", enrolment.useEnrolment(db, asHash("e"), at(minutes)));
  await tell(
    "insertEnrolment",
    enrolment.insertEnrolment(db, {
      codeHash: asHash("l"),
      person: "per_1",
      at: at(0),
      expiresAt: at(9),
      by: "per_2",
      reason: "lost",
    }),
  );
  await tell("listAccounts", account.listAccounts(db, system, at(8)));
  await tell("findRecovery", enrolment.findRecovery(db, "per_1"));
  await tell("findRecovery", enrolment.findRecovery(db, "per_2"));
  await tell("endEnrolments", enrolment.endEnrolments(db, "per_1", at(8)));
  await tell("listAccounts", account.listAccounts(db, system, at(8)));
  const passkey = {
    person: "per_2",
    kind: "passkey",
    rp: "staff.example",
    origin: "https://staff.example",
    credential: "cred",
    public_key: "cose",
    transports: "[]",
    label: "phone",
    password_hash: null,
    totp_sealed: null,
    totp_step: null,
    created_at: time(0),
    expires_at: time(9_999),
  } as const;
  await tell("insertAuthenticator", authenticator.insertAuthenticator(db, passkey));
  const totp = await tell(
    "insertAuthenticator",
    authenticator.insertAuthenticator(db, {
      ...passkey,
      person: "per_1",
      kind: "password-totp",
      rp: null,
      origin: null,
      credential: null,
      public_key: null,
      password_hash: "scrypt",
      totp_sealed: "v1",
    }),
  );
  for (const step of [59_000_000, 59_000_000, 58_999_999, 59_000_001])
    await tell("useTotpStep", authenticator.useTotpStep(db, totp, step));
  await tell("findPasskey", authenticator.findPasskey(db, system, "cred"));
  await tell("findPasskey", authenticator.findPasskey(db, system, "none"));
  await tell("nameAuthenticator", authenticator.nameAuthenticator(db, totp, "app"));
  await tell("useAuthenticator", authenticator.useAuthenticator(db, totp, at(3)));
  await tell("listAuthenticators", authenticator.listAuthenticators(db, system, "per_1"));
  await tell("listStaffKeys", authenticator.listStaffKeys(db, system, "sit_b", at(0)));
  const lost = await authenticator.insertAuthenticator(db, { ...passkey, credential: "lost" });
  await tell("listPasskeysAt", authenticator.listPasskeysAt(db, system, "https://staff.example"));
  await tell("moveAuthenticator", authenticator.moveAuthenticator(db, lost, "https://staff.example:8443"));
  await tell("removeAuthenticator", authenticator.removeAuthenticator(db, lost));
  await tell("findPasskey", authenticator.findPasskey(db, system, "lost"));
  const known = { person: "per_1", issuer: "https://id.example", subject: "a" } as const;
  const linked = await identity.insertIdentity(db, known);
  await tell("insertIdentity", identity.insertIdentity(db, { ...known, subject: "B" }));
  await tell("findIdentity", identity.findIdentity(db, system, known));
  await tell("findIdentity", identity.findIdentity(db, system, { ...known, issuer: "https://id.example/" }));
  await tell("removeIdentity", identity.removeIdentity(db, linked));
  const said = {
    label: "ID",
    clientId: "genkan",
    mapping: [{ claim: "groups", value: "me", site: "sit_b", vendor: null, roles: ["officer"] }],
    twoFactors: { acr: [], amr: ["mfa"] },
    maxAgeSeconds: 3_600,
  } satisfies Partial<provider.Provider>;
  const fixed = { id: "prv_1", issuer: known.issuer, face: "staff", site: "sit_b", vendor: null } as const;
  await tell(
    "insertProvider",
    provider.insertProvider(db, { ...fixed, ...said, secretSealed: "v1", createdAt: at(0).toISOString() }),
  );
  await tell("findProvider", provider.findProvider(db, system, "prv_1"));
  await tell("findProvider", provider.findProvider(db, system, "prv_2"));
  const saidAnew = { said: { ...said, maxAgeSeconds: null }, secretSealed: "v2", active: false };
  await tell("updateProvider", provider.updateProvider(db, system, "prv_1", saidAnew));
  await tell("listProviders", provider.listProviders(db, system));
  await tell("listIdentities", identity.listIdentities(db, system, "per_1"));
  const begun = {
    kind: "approval",
    face: "staff",
    person: "per_2",
    bound_to: "sig",
    challenge: "c",
    data: "{}",
    now: at(0),
  } as const;
  const taken = await tell("insertCeremony", ceremony.insertCeremony(db, begun));
  const of = { kind: "approval", face: "staff", boundTo: "sig", now: at(4) } as const;
  for (const wrong of [{ boundTo: null }, { boundTo: "other" }, { face: "portal" } as const, { now: at(5) }, {}, {}])
    await tell("useCeremony", ceremony.useCeremony(db, taken, { ...of, ...wrong }));
  for (const minutes of [4, 5])
    await tell("findCeremony", ceremony.findCeremony(db, taken, { ...of, now: at(minutes) }));
  const signedIn = await tell(
    "insertSignIn",
    signIn.insertSignIn(db, {
      token_hash: asHash("s"),
      person: "per_1",
      face: "portal",
      kind: "cookie",
      factors: '["password","totp"]',
      dpop_key: null,
      workstation: null,
      network: "192.0.2.7",
      created_at: time(0),
      used_at: time(0),
      expires_at: time(60),
    }),
  );
  for (const from of ["192.0.2.7", "192.0.2.8"])
    await tell("hasSignedInFrom", signIn.hasSignedInFrom(db, "per_1", from, at(-1)));
  await tell("hasSignedInFrom", signIn.hasSignedInFrom(db, "per_1", "192.0.2.7", at(1)));
  const idle = 600_000;
  for (const minutes of [9, 10, 60]) await tell("findSignIn", signIn.findSignIn(db, asHash("s"), at(minutes), idle));
  await tell("touchSignIn", signIn.touchSignIn(db, signedIn, at(9)));
  await tell("findSignIn", signIn.findSignIn(db, asHash("s"), at(15), idle));
  for (const minutes of [1, 1, 6, 9]) await tell("useOnce", usedOnce.useOnce(db, "jti", at(minutes), at(minutes + 5)));
  await tell(
    "insertDeviceCode",
    deviceCode.insertDeviceCode(db, {
      code_hash: asHash("d"),
      user_code: "ABCD",
      face: "portal",
      jwk: null,
      thumbprint: null,
      label: null,
      address: "127.0.0.1",
      state: "pending",
      person: null,
      factors: null,
      workstation: null,
      created_at: time(0),
      expires_at: time(10),
      polled_at: null,
    }),
  );
  await tell("pollDeviceCode", deviceCode.pollDeviceCode(db, asHash("d"), at(1)));
  await tell("findDeviceCodeByUserCode", deviceCode.findDeviceCodeByUserCode(db, "ABCD", "portal", at(9)));
  await tell("findDeviceCodeByUserCode", deviceCode.findDeviceCodeByUserCode(db, "ABCD", "staff", at(9)));
  for (const state of ["confirmed", "refused"] as const)
    await tell("moveDeviceCode", deviceCode.moveDeviceCode(db, asHash("d"), "pending", { state, person: "per_1" }));
  await tell("findDeviceCode", deviceCode.findDeviceCode(db, asHash("d")));
  await tell("refuseDeviceCodes", deviceCode.refuseDeviceCodes(db, "per_1"));
  await tell("findDeviceCode", deviceCode.findDeviceCode(db, asHash("d")));

  // Workstations
  const computer = await tell(
    "insertWorkstation",
    workstation.insertWorkstation(db, { person: "per_1", label: "laptop", at: at(0) }),
  );
  const key = {
    workstation: computer,
    kind: "browser",
    thumbprint: asThumbprint("p".repeat(43)),
    jwk,
    at: at(0),
  } as const;
  await tell("insertWorkstationKey", workstation.insertWorkstationKey(db, key));
  const second = await workstation.insertWorkstation(db, { person: "per_1", label: "other", at: at(1) });
  await tell("joinWorkstation", workstation.joinWorkstation(db, { ...key, workstation: second }));
  await tell("joinWorkstation", workstation.joinWorkstation(db, { ...key, thumbprint: asThumbprint("q".repeat(43)) }));
  await tell("findWorkstation", workstation.findWorkstation(db, system, second));
  await tell("findWorkstationByKey", workstation.findWorkstationByKey(db, system, asThumbprint("q".repeat(43))));
  await tell("listLabels", workstation.listLabels(db, system, "per_1"));
  await tell("listWorkstations", workstation.listWorkstations(db, system));
  await tell("setSignInWorkstation", signIn.setSignInWorkstation(db, signedIn, computer));
  await tell("findSignInById", signIn.findSignInById(db, signedIn));
  const awake = { at: at(9), idleMs: 60_000 };
  await tell("listSignIns", signIn.listSignIns(db, system, "per_1", awake));
  await tell(
    "listWorkstationUses",
    workstation.listWorkstationUses(db, system, "per_1").then((uses) => [...uses]),
  );
  await tell(
    "listWorkstationUses",
    workstation.listWorkstationUses(db, system, null).then((uses) => [...uses]),
  );
  await tell("nameWorkstation", workstation.nameWorkstation(db, second, "third"));
  await tell("removeWorkstation", workstation.removeWorkstation(db, second, at(9)));
  await tell("listLabels", workstation.listLabels(db, system, "per_1"));
  await tell("endSignInsFrom", signIn.endSignInsFrom(db, computer, at(15)));
  await tell("listSignIns", signIn.listSignIns(db, system, "per_1", awake));
  await tell("endSignIn", signIn.endSignIn(db, signedIn, at(16)));
  // Those that are over stay as they were.
  await tell("endSignIns", signIn.endSignIns(db, "per_1", at(17)));
  await tell("endEverySignIn", signIn.endEverySignIn(db, at(17)));
  await tell("findSignInById", signIn.findSignInById(db, signedIn));
  await tell("findSignIn", signIn.findSignIn(db, asHash("s"), at(16), idle));

  // Requests, grants
  const asked = (id: Id<"request">) =>
    askedFor({
      id,
      site: { id: "sit_b", name: "Hospital sit_b" },
      person: { id: "per_1", name: "éa" },
      vendor: { id: "ven_1", name: "v" },
      workstation: { id: computer, label: "laptop", thumbprints: [asThumbprint("p".repeat(43))] },
      device: { id: "dev_1", name: "pump" },
      services: [{ id: "svc_dev_1", name: "shell", protocol: "ssh", port: 22 }],
      windows: [
        { start: time(0), end: time(20) },
        { start: time(40), end: time(60) },
      ],
      reason: "点検 'quoted' \"twice\" \\ ; --",
      plan: "\u{1f9ea}\n\ttabs, and a line\n",
      workOrder: "作業-17",
    });
  await tell("listWorkstationKeys", workstation.listWorkstationKeys(db, system, computer));
  const ids = [newId("request"), newId("request"), newId("request")];
  for (const [minutes, id] of ids.entries())
    await tell("insertRequest", request.insertRequest(db, keptUnsigned(asked(id)), at(minutes)));
  // An id that is taken is told apart from one that was kept.
  await tell("insertRequest", request.insertRequest(db, keptUnsigned(asked(ids[0] ?? "req_")), at(3)));
  const [yes = "req_", no = "req_"] = ids;
  await tell("countOpenRequests", request.countOpenRequests(db, system, "per_1", at(1)));
  await tell("countOpenRequests", request.countOpenRequests(db, system, "per_1", at(60)));
  const settled = { by: "per_2", at: at(3) } as const;
  await tell("settleRequest", request.settleRequest(db, system, yes, { state: "approved", ...settled }));
  await tell("settleRequest", request.settleRequest(db, system, yes, { state: "denied", ...settled }));
  await tell(
    "settleRequest",
    request.settleRequest(db, system, no, { state: "denied", denial: "too early", ...settled }),
  );
  await tell("findStatement", request.findStatement(db, system, yes));
  const given = grantOf(asked(yes), { agent: { id: "agt_1", key: asPin("key agt_1") } });
  const bytes = Buffer.from(JSON.stringify(given)).toString("base64url");
  await tell(
    "insertGrant",
    grant.insertGrant(db, { grant: given, request: yes, hash: asHash("hash"), bytes, at: at(3) }),
  );
  await tell("insertApproval", approval.insertApproval(db, { grant: given.id, approver: "per_2", signed, at: at(3) }));
  await tell(
    "listProposals",
    approval.listProposals(db, system, [yes, no]).then((found) => [...found]),
  );
  await tell("listGrants", grant.listGrants(db, system, at(0)));
  await tell("putInForce", approval.putInForce(db, approvalAllowed, given.id, at(3)));
  await tell("putInForce", approval.putInForce(db, approvalAllowed, given.id, at(4)));
  await tell(
    "listProposals",
    approval.listProposals(db, system, [yes]).then((found) => [...found]),
  );
  await tell("findGrant", grant.findGrant(db, system, given.id));
  for (const minutes of [-1, 0, 20, 40, 60]) await tell("listGrants", grant.listGrants(db, system, at(minutes)));
  await tell("listRequests", request.listRequests(db, system, at(4)));
  await tell("findRequest", request.findRequest(db, system, no, at(99)));

  // Sessions
  await tell("listApprovedBytes", grant.listApprovedBytes(db, system, "per_1"));
  const live = newId("session");
  const row = {
    id: live,
    grant: given.id,
    site: "sit_b",
    vendor: "ven_1",
    person: "per_1",
    workstation: computer,
    device: "dev_1",
    service: "svc_dev_1",
    agent: "agt_1",
    gateway: "gtw_1",
    sign_in: signedIn,
    client: "native",
    host: "h",
    state: "admitted",
    frozen_at: null,
    frozen_by: null,
    frozen_reason: null,
    started_at: time(5),
    ended_at: null,
    reason: null,
    ended_by: null,
    bytes_up: 0,
    bytes_down: 0,
    connections: 0,
    window_end: time(60),
    epoch: 1,
  } as const;
  await tell("insertSession", session.insertSession(db, admission, row));
  await tell("countLiveSessions", session.countLiveSessions(db, system, given.id));
  for (let i = 0; i < 2; i++) await tell("beginSession", session.beginSession(db, system, live));
  // More bytes than an integer of 32 bits holds.
  for (const down of [5_000_000_000, 4_000_000_000])
    await tell("countSession", session.countSession(db, system, live, { up: 7, down, connections: 2 }));
  await tell(
    "stampSessions",
    session.stampSessions(db, system, [live], { epoch: 5_000_000_001, validUntil: time(50) }),
  );
  await tell("setWindowEnd", session.setWindowEnd(db, system, live, time(40)));
  for (const by of ["per_2", "per_1"] as const)
    await tell("setFrozen", session.setFrozen(db, system, live, { by, at: at(7), reason: by }));
  await tell("listSessions", session.listSessions(db, system, live));
  await tell("setFrozen", session.setFrozen(db, system, live, null));
  await tell("findSession", session.findSession(db, system, live));
  await tell("liveSessions", session.liveSessions(db, system));
  const entry = { kind: "refusal", at: time(6), code: "host-mismatch" } as const;
  for (const first of [0, 1])
    await tell(
      "keepEntries",
      recording.keepEntries(db, live, { first, entries: [entry, { ...entry, at: time(7) }], over: false }),
    );
  for (const from of [0, 2, 3]) await tell("listEntries", recording.listEntries(db, system, live, from));
  await tell("listEntries", recording.listEntries(db, system, "ses_none", 0));
  await tell("isRecordingClosed", recording.isRecordingClosed(db, live));
  for (let i = 0; i < 2; i++) await tell("closeRecording", recording.closeRecording(db, live));
  await tell("isRecordingClosed", recording.isRecordingClosed(db, live));
  await tell("listSessions", session.listSessions(db, system));
  for (const reason of ["revoked", "locked"] as const)
    await tell("endSession", session.endSession(db, system, live, { reason, by: "per_2", at: at(8) }));
  await tell("listSessions", session.listSessions(db, system, live));
  for (let i = 0; i < 2; i++)
    for (const minutes of [30, 90])
      await tell("countOpenGrants", grant.countOpenGrants(db, system, "dev_1", at(minutes)));
  await tell("revokeGrant", grant.revokeGrant(db, system, given.id, "per_2", "over", at(9)));
  await tell("listGrants", grant.listGrants(db, system, at(9), given.id));

  // Locks
  const locked = { kind: "person", target: "per_1", name: "éa", reason: "r", by: "per_2", at: at(9) } as const;
  const set = await tell("insertLock", lock.insertLock(db, { ...locked, site: null }));
  for (const id of [set, "lck_none"] as const) await tell("siteOfLock", lock.siteOfLock(db, id));
  await tell("locksInForce", lock.locksInForce(db));
  await tell(
    "lockedTargets",
    lock.lockedTargets(db, system, "person").then((targets) => [...targets]),
  );
  await tell("listPeople", person.listPeople(db, system));
  for (let i = 0; i < 2; i++) await tell("liftLock", lock.liftLock(db, system, set, "per_2", at(10)));
  await tell("listLocks", lock.listLocks(db, system));

  // Lists of approvers
  const root: approverList.StoredApproverList = {
    site: "sit_b",
    version: 1,
    hash: asHash("h1"),
    statement: "c3Q",
    signatures: [],
    state: "current",
  };
  await tell("insertApproverList", approverList.insertApproverList(db, root, at(0)));
  for (let i = 0; i < 2; i++) {
    const next = { ...root, version: 2, hash: asHash(`h2 ${i}`), state: "proposed" } as const;
    await tell("insertApproverList", approverList.insertApproverList(db, next, at(1)));
    if (i === 0) await tell("dropProposedApproverList", approverList.dropProposedApproverList(db, system, "sit_b"));
  }
  await tell(
    "updateApproverList",
    approverList.updateApproverList(db, system, { ...root, version: 2, signatures: [signed] }),
  );
  await tell("updateApproverList", approverList.updateApproverList(db, system, { ...root, state: "replaced" }));
  await tell("listApproverLists", approverList.listApproverLists(db, system));

  // Settings, epoch, log
  for (const value of ["one", "two"]) await tell("keepSetting", setting.keepSetting(db, "k", value));
  await tell("writeSetting", setting.writeSetting(db, "k", "three"));
  await tell("readSetting", setting.readSetting(db, "k"));
  await tell("readSetting", setting.readSetting(db, "none"));
  await setting.writeSetting(db, "gone", "v");
  await tell("dropSetting", setting.dropSetting(db, "gone"));
  await tell("readSetting", setting.readSetting(db, "gone"));
  await store.change((change) => raiseEpoch(change));
  await tell("readEpoch", readEpoch(db));
  const key2 = newLogKey();
  for (const refusable of [true, false, true]) {
    const spent = { person: "per_1", at: at(18), bytes: 3_000_000, refusable };
    await tell("spendLogBudget", outcome(store.change(({ db: tx }) => spendLogBudget(tx, spent))));
  }
  await tell("latestCheckpoint", log.latestCheckpoint(db));
  for (const where of ["sit_a", null, "sit_b"] as const)
    await store.change((change) =>
      change.audit(anyRecord({ at: at(20), action: "test", site: where, reasons: ["\u0000 点検"] })),
    );
  await tell("countOutbox", log.countOutbox(db));
  await tell("sequence", log.sequence(db, key2, at(21)));
  await tell("sequence", log.sequence(db, key2, at(22)));
  await tell(
    "latestCheckpoint",
    log.latestCheckpoint(db).then((checkpoint) => checkpoint?.size),
  );
  await tell("newestRecord", newest.newestRecord(db, system, "session.begin"));
  await tell("listLog", listLog(db, system, { before: null, limit: 2 }));
  await tell("listLog", listLog(db, system, { before: 1, limit: 2 }));
  const lines: string[] = [];
  for await (const line of exportLog(db, system, key2)) lines.push(line);
  await tell("exportLog", lines.length);
  await tell("audienceOf", audienceOf(db, system));
  await tell(
    "audienceOf",
    audienceOf(
      db,
      Scope.ofPerson({ id: "per_2", memberships: [{ site: { id: "sit_b" }, vendor: null, roles: ["officer"] }] }),
    ),
  );
  // Its salt is random, so two stores tell the same of its form only.
  await tell(
    "proveRecord",
    proveRecord(db, system, 1).then((proof) => proof.split("\n").length),
  );
  await tell("reindex", reindex(db));
  await tell("isEmpty", backup.isEmpty(db));
  const tablesRead = new Set<string>();
  await tell(
    "snapshot",
    backup.snapshot(db, async (moment) => {
      for await (const [table] of backup.everyRow(moment)) tablesRead.add(table);
    }),
  );
  await tell("everyRow", [...tablesRead]);
  const strange = (async function* (): AsyncGenerator<BackupRow> {
    yield ["nobody", { id: "x" }];
  })();
  await tell("fill", outcome(backup.fill(db, { rows: strange, epoch: 1, prove: async () => {} })));
  await tell("listLog", listLog(db, system, { before: null, limit: 2 }));
  return transcript;
}
