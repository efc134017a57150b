import type Type from "typebox";
import type { AgentList, AuditPage, PersonList, TrustSign } from "../../protocol/api/oversight.ts";
import type { ApprovalBegin, DeviceList, GrantList, RequestCreate, RequestList } from "../../protocol/api/request.ts";
import type { LockCreate, LockList, SessionCreate, SessionEntries, SessionList } from "../../protocol/api/session.ts";
import type {
  DeviceCodeConfirm,
  DeviceCodeLookup,
  EnrolmentBegin,
  SignInBegin,
  WorkstationEnrol,
  WorkstationList,
} from "../../protocol/api/sign-in.ts";

/** Types of bodies and replies whose schemas have no type of their own name. */
export type AuditPage = Type.Static<typeof AuditPage>;
export type AgentList = Type.Static<typeof AgentList>;
export type PersonList = Type.Static<typeof PersonList>;
export type TrustSignBegun = Type.Static<typeof TrustSign.beginReply>;
export type DeviceList = Type.Static<typeof DeviceList>;
export type RequestList = Type.Static<typeof RequestList>;
export type RequestBody = Type.Static<typeof RequestCreate.body>;
export type ApprovalBegun = Type.Static<typeof ApprovalBegin.reply>;
export type GrantList = Type.Static<typeof GrantList>;
export type SessionBody = Type.Static<typeof SessionCreate.body>;
export type SessionList = Type.Static<typeof SessionList>;
export type SessionEntries = Type.Static<typeof SessionEntries>;
export type LockBody = Type.Static<typeof LockCreate.body>;
export type LockList = Type.Static<typeof LockList>;
export type EnrolmentBegun = Type.Static<typeof EnrolmentBegin.reply>;
export type SignInBegun = Type.Static<typeof SignInBegin.reply>;
export type WorkstationBody = Type.Static<typeof WorkstationEnrol.body>;
export type WorkstationEnrolled = Type.Static<typeof WorkstationEnrol.reply>;
export type WorkstationList = Type.Static<typeof WorkstationList>;
export type DeviceCode = Type.Static<typeof DeviceCodeLookup.reply>;
export type DeviceCodeVerdict = Type.Static<typeof DeviceCodeConfirm.body>;
export type VendorList = { vendors: { id: string; name: string }[] };
