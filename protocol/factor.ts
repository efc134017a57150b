/** What a person proves at sign-in; a passkey with user verification counts as two. */
export const factors = ["passkey", "password", "totp"] as const;
export type Factor = (typeof factors)[number];
