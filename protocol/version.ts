/** This release, as in package.json: what the programs say of themselves, to people and to each other. */
export const version = "0.1.0";
