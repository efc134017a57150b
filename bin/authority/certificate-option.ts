import { GenkanError } from "../../protocol/error.ts";

/** Options of `genkan-authority run`: PEM files. */
export type Certificates = Partial<Record<"portalCert" | "portalKey" | "staffCert" | "staffKey", string>>;

/** Certificate and key of a face, or none of both. Throws `bad-request` for one without the other. */
export function pathsOf(face: string, cert: string | undefined, key: string | undefined) {
  if ((cert === undefined) !== (key === undefined))
    throw new GenkanError("bad-request", `--${face}-cert and --${face}-key belong together.`);
  return cert === undefined || key === undefined ? null : { cert, key };
}
