import type { Role } from "../../protocol/person.ts";

export const roles = {
  technician: "技術者",
  "vendor-administrator": "保守会社の管理者",
  approver: "承認者",
  officer: "セキュリティ責任者",
  administrator: "システム管理者",
  auditor: "監査担当",
} as const satisfies Record<Role, string>;
