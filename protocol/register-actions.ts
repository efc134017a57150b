import { refused } from "./vendor-action.ts";

const ofDevice = {
  ...refused,
  name: "public",
  model: "public",
  vendor: "public",
  agent: "public",
  tags: "public",
  location: "public",
  owner: "public",
  notes: "public",
} as const;
const ofService = {
  ...refused,
  name: "public",
  protocol: "public",
  address: "public",
  port: "public",
  tls: "public",
} as const;
const ofImport = { ...refused, added: "public", changed: "public", unchanged: "public", refused: "public" } as const;
const ofContract = { ...refused, starts: "public", ends: "public" } as const;
const ofGateway = {
  ...refused,
  name: "public",
  host: "public",
  port: "public",
  key: "public",
  before: "public",
} as const;

const ofProvider = {
  ...refused,
  issuer: "public",
  label: "public",
  clientId: "public",
  mapping: "public",
  twoFactors: "public",
  maxAgeSeconds: "public",
} as const;

/** Acts on devices and what stands beside them, and on what holds for a site. Part of `actions` (`protocol/audit.ts`). */
export const registerActions = {
  "installation.origins": {
    must: [],
    may: [],
    facts: { ...refused, before: "public", after: "public", lost: "public", kept: "public" },
  },
  "provider.add": { must: ["provider"], may: [], facts: ofProvider },
  "provider.change": {
    must: ["provider"],
    may: [],
    facts: { ...ofProvider, secretChanged: "public", before: "public" },
  },
  "provider.disable": { must: ["provider"], may: [], facts: refused },
  "provider.enable": { must: ["provider"], may: [], facts: refused },
  "trust.rules": { must: ["site"], may: [], facts: { ...refused, rules: "public" } },
  "agent.rename": { must: ["agent"], may: [], facts: { ...refused, name: "public", before: "public" } },
  "agent.disable": { must: ["agent"], may: [], facts: refused },
  "agent.enable": { must: ["agent"], may: [], facts: refused },
  "gateway.add": { must: ["gateway"], may: [], facts: ofGateway },
  "gateway.change": { must: ["gateway"], may: [], facts: ofGateway },
  "gateway.disable": { must: ["gateway"], may: [], facts: refused },
  "gateway.enable": { must: ["gateway"], may: [], facts: refused },
  "retention.set": {
    must: ["site"],
    may: [],
    facts: { ...refused, recordingDays: "public", logDays: "public", before: "public" },
  },
  "contract.add": { must: ["contract", "vendor", "device"], may: [], facts: ofContract },
  "contract.change": { must: ["contract", "vendor", "device"], may: [], facts: { ...ofContract, before: "public" } },
  "contract.end": { must: ["vendor", "device"], may: [], facts: { ...refused, ends: "public", contracts: "public" } },
  "device.import": { must: [], may: [], facts: ofImport },
  "device.add": {
    must: ["device", "agent"],
    may: [],
    facts: { ...ofDevice, services: "public", contract: "public" },
  },
  "device.change": { must: ["device", "agent"], may: [], facts: { ...ofDevice, before: "public" } },
  "device.export": { must: [], may: [], facts: { ...refused, lines: "public" } },
  "person.import": { must: [], may: [], facts: ofImport },
  "person.export": { must: [], may: [], facts: { ...refused, lines: "public" } },
  "device.disable": { must: ["device"], may: [], facts: refused },
  "device.enable": { must: ["device"], may: [], facts: refused },
  "service.add": { must: ["device", "service"], may: [], facts: ofService },
  "service.change": { must: ["device", "service"], may: [], facts: { ...ofService, before: "public" } },
  "service.disable": { must: ["device", "service"], may: [], facts: refused },
  "service.enable": { must: ["device", "service"], may: [], facts: refused },
  "device.certificate": {
    must: ["device", "service", "session", "agent"],
    may: [],
    facts: { ...refused, fingerprint: "public", at: "public" },
  },
} as const;
