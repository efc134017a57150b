import { join } from "node:path";
import { parseArgs } from "node:util";
import { version } from "../protocol/version.ts";
import { makePackages } from "./make.ts";
import { packagedPrograms } from "./program.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    output: { type: "string", default: join(root, "dist/package") },
    windows: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    "deb-version": { type: "string", default: version },
  },
});
const { only } = values;

await makePackages({
  root,
  output: values.output,
  programs: packagedPrograms.filter(({ name }) => only === undefined || only.includes(name)),
  forWindows: values.windows,
  debVersion: values["deb-version"],
  tell: (name) => console.log(name),
});
