import type { Target } from "./target.ts";
import { admission, admissionSigned, proofGate } from "./targets/admission.ts";
import { address, allowList, approverList, deviceCertificate, joined, network, spool } from "./targets/agent-file.ts";
import { apiRequest, apiSchema } from "./targets/api.ts";
import { auditExport, auditProof, checkpoint, merkleProof, verifierKeyText } from "./targets/audit.ts";
import { httpAnswer, httpRequest } from "./targets/channel.ts";
import { controlFrame, controlLink } from "./targets/control.ts";
import { deviceAnswer } from "./targets/device-answer.ts";
import { gatewayControl } from "./targets/gateway.ts";
import { clientHello, httpHost } from "./targets/hello.ts";
import { enterForm, httpHeaders } from "./targets/http.ts";
import { dpop, dpopSigned, fingerprintText, keyFile, sealed } from "./targets/key.ts";
import { frameHead, multiplexer, muxReader } from "./targets/mux.ts";
import { approvalCheck, signedRequestRead, trustCheck } from "./targets/page-check.ts";
import { infusionPump, nurseCall } from "./targets/sample.ts";
import { sheet } from "./targets/sheet.ts";
import { jws, jwsSigned, statement } from "./targets/statement.ts";
import { busHint, cliAnswer, pageInput, serverUrl, startFile } from "./targets/text-file.ts";
import { hostPort, hosts, origin, requirementOption, serviceOption, stateFolder, time } from "./targets/typed.ts";
import { upgrade, upgradeStream } from "./targets/upgrade.ts";
import { assertion, assertionSigned, coseKey } from "./targets/webauthn.ts";

/** Every parser of ours. `README.md` lists them by folder. */
export const targets: readonly Target[] = [
  clientHello,
  httpHost,
  upgrade,
  upgradeStream,
  controlFrame,
  controlLink,
  frameHead,
  muxReader,
  multiplexer,
  statement,
  jws,
  jwsSigned,
  coseKey,
  assertion,
  assertionSigned,
  auditExport,
  auditProof,
  checkpoint,
  verifierKeyText,
  merkleProof,
  dpop,
  dpopSigned,
  fingerprintText,
  sealed,
  keyFile,
  admission,
  admissionSigned,
  proofGate,
  address,
  allowList,
  joined,
  approverList,
  spool,
  deviceCertificate,
  network,
  hostPort,
  requirementOption,
  serviceOption,
  sheet,
  origin,
  time,
  stateFolder,
  hosts,
  httpHeaders,
  deviceAnswer,
  enterForm,
  httpRequest,
  httpAnswer,
  apiSchema,
  apiRequest,
  gatewayControl,
  serverUrl,
  busHint,
  cliAnswer,
  startFile,
  pageInput,
  approvalCheck,
  signedRequestRead,
  trustCheck,
  nurseCall,
  infusionPump,
];
