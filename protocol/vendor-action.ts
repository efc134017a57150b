/** Of a refusal, whatever was refused: on which face, and the code that was answered. */
export const refused = { face: "public", code: "public" } as const;

const ofVendor = { ...refused, name: "public", contact: "public", mailDomains: "public" } as const;

/** Actions of the log on what hospitals keep of vendors: rows of the table of `audit.ts`. */
export const vendorActions = {
  "vendor.add": { must: ["vendor"], may: ["site"], facts: ofVendor },
  "vendor.change": { must: ["vendor"], may: [], facts: { ...ofVendor, before: "public" } },
  "vendor.enable": { must: ["vendor"], may: [], facts: refused },
  "vendor.offboard": {
    must: ["vendor", "erasure"],
    may: [],
    facts: {
      ...refused,
      contracts: "public",
      requests: "public",
      grants: "public",
      sessions: "public",
      people: "public",
      due: "public",
      reason: "sensitive",
      what: "sensitive",
    },
  },
  "person.attest": { must: ["person"], may: [], facts: refused },
  "person.suspend": { must: ["person"], may: [], facts: refused },
  "erasure.confirm": { must: ["vendor", "erasure"], may: [], facts: { ...refused, reference: "public" } },
  "dossier.put": {
    must: ["vendor", "dossier"],
    may: [],
    facts: { ...refused, kind: "public", number: "public", issued: "public", expires: "public", reference: "public" },
  },
  "subcontract.consent": {
    must: ["vendor", "subcontract"],
    may: [],
    facts: { ...refused, subcontractor: "public", consent: "public", note: "sensitive" },
  },
} as const;
