import type { World } from "./world.ts";

/** The people that `genkan-authority init --sample` makes, and what each is for in the main job. */
export const enrolling = [
  { login: "sato", ja: "技術者（メディカル・システムズ）", en: "technician of メディカル・システムズ", face: "portal" },
  { login: "tanaka", ja: "承認者（中央病院）", en: "approver at 中央病院", face: "staff" },
  {
    login: "yamada",
    ja: "セキュリティ責任者・管理者（中央病院）",
    en: "security officer and administrator at 中央病院",
    face: "staff",
  },
] as const;

export type SampleLogin = (typeof enrolling)[number]["login"];

export interface Enrolment {
  readonly login: SampleLogin;
  readonly url: string;
}

/** One-time links of those who have not enrolled yet. */
export async function openEnrolments(world: World): Promise<Enrolment[]> {
  const links: Enrolment[] = [];
  for (const { login } of enrolling) {
    const url = await world.enrolmentLink(login);
    if (url !== undefined) links.push({ login, url });
  }
  return links;
}
