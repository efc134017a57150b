/** The two web hosts of the authority: `portal` is public and for vendors, `staff` is the hospital's own. */
export const faces = ["portal", "staff"] as const;
export type Face = (typeof faces)[number];
