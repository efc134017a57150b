import { getCACertificates } from "node:tls";

/**
 * Certificate authorities that an https client of ours trusts, as PEM: those built in, those of the system (a hospital's
 * own authority is usually there), and `extra`, a file that somebody named.
 */
export function trustedRoots(extra: string | null): string[] {
  const roots = new Set([...getCACertificates("default"), ...getCACertificates("system")]);
  if (extra !== null) roots.add(extra);
  return [...roots];
}
