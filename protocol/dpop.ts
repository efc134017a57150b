import Type from "typebox";

/** Claims of a DPoP proof (RFC 9449, section 4.2). Others are allowed there and ignored here. */
export const DpopClaims = Type.Object({
  jti: Type.String({ minLength: 16, maxLength: 128 }),
  htm: Type.String({ minLength: 1, maxLength: 16 }),
  htu: Type.String({ minLength: 1, maxLength: 2_048 }),
  /** Seconds since 1970. */
  iat: Type.Integer({ minimum: 0 }),
  ath: Type.Optional(Type.String({ minLength: 43, maxLength: 43 })),
});
