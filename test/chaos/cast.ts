import type { Login } from "../world/folder.ts";
import type { Person } from "../world/person.ts";
import type { Technician } from "../world/technician.ts";
import type { QuickWorld } from "../world/world.ts";

/** Who takes part, each signed in once: a sign-in outlives every kill. */
export interface Cast {
  readonly technicians: readonly { readonly login: Login; readonly id: string; readonly technician: Technician }[];
  readonly approver: Person;
  readonly officer: Person;
}

export async function castOf(world: QuickWorld): Promise<Cast> {
  const technicians: { login: Login; id: string; technician: Technician }[] = [];
  for (const login of ["sato", "suzuki"] as const)
    technicians.push({ login, id: world.register.people[login].id, technician: await world.technician(login) });
  return { technicians, approver: await world.staff("tanaka"), officer: await world.staff("yamada") };
}
