import { GenkanError } from "../../protocol/error.ts";
import { type Role, roles } from "../../protocol/person.ts";

/** Throws `bad-request`. */
export function parseRole(text: string): Role {
  const role = roles.find((one) => one === text);
  if (!role) throw new GenkanError("bad-request", `${text} is no role; there are ${roles.join(", ")}.`);
  return role;
}
