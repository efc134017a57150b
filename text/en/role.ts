import type { Role } from "../../protocol/person.ts";

export const roles = {
  technician: "Technician",
  "vendor-administrator": "Vendor administrator",
  approver: "Approver",
  officer: "Security officer",
  administrator: "Administrator",
  auditor: "Auditor",
} as const satisfies Record<Role, string>;
