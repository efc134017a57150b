import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** scrypt with the parameters of OWASP's password storage guidance (N = 2^17, r = 8, p = 1): 128 MiB for each try. */
const cost = { N: 131_072, r: 8, p: 1, maxmem: 160 * 1024 * 1024 };

const derive = (password: string, salt: Buffer) =>
  new Promise<Buffer>((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** `scrypt$<salt>$<key>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString("base64url")}$${(await derive(password, salt)).toString("base64url")}`;
}

const nobody = `scrypt$${Buffer.alloc(16).toString("base64url")}$${Buffer.alloc(32).toString("base64url")}`;

/** Null for an unknown account takes as long as a wrong password, and is false. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, salt = "", key = ""] = (stored ?? nobody).split("$");
  const expected = Buffer.from(key, "base64url");
  const actual = await derive(password, Buffer.from(salt, "base64url"));
  return expected.length === actual.length && timingSafeEqual(expected, actual) && stored !== null;
}
