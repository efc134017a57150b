import type { Static } from "typebox";
import type { VendorFile, VendorFileList } from "../../../protocol/api/vendor.ts";
import type { Context } from "../context.ts";
import { Person } from "./person.ts";
import { until } from "./wait.ts";

/** The vendor that comes in the course of the story, and the domain of its people. */
export const newcomer = { name: "再委託テック (Subcontract Tech)", domain: "saitaku.example" };
/** The vendor of the sample. */
const maintainer = "メディカル・システムズ";

const fileOf = async (context: Context, name: string): Promise<VendorFile> => {
  const { vendors } = await context.person("yamada").get<Static<typeof VendorFileList>>("/api/vendor-files");
  const found = vendors.find((vendor) => vendor.name === name);
  if (!found) throw new Error(`There is no vendor ${name}.`);
  return found;
};
export const newcomerFile = (context: Context) => fileOf(context, newcomer.name);
export const maintainerFile = (context: Context) => fileOf(context, maintainer);

/** One of its people opens their one-time link, makes a passkey and is signed in. */
export async function sitDownAs(context: Context, as: "chief" | "technician", link: string): Promise<Person> {
  const person = await Person.sitDown(as, "ja", context.chromiumOf("sato"));
  await person.page.goto(link);
  await person.press("enrol.withPasskey");
  await until(`sign-in of the ${as}`, 15_000, async () => (await person.ask("GET", "/api/me")).status === 200);
  context.subcontractors.set(as, person);
  return person;
}

export function subcontractor(context: Context, as: "chief" | "technician"): Person {
  const person = context.subcontractors.get(as);
  if (!person) throw new Error(`The ${as} of the new vendor has not enrolled.`);
  return person;
}
