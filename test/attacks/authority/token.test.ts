import { describe, expect, test } from "vitest";
import { accessTokenHash, makeDpopProof } from "../../../crypto/dpop.ts";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { randomToken } from "../../../crypto/random.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { World } from "../../component/authority/world.ts";
import { ServedFace } from "../face.ts";

/** A command line that is signed in: its token, bound to its key. */
async function signedIn() {
  const world = await World.open();
  const portal = await ServedFace.open(world, "portal");
  const key = createProgramKey();
  const { token } = await world.signIn("technician", { dpopKey: jwkThumbprint(publicJwkOf(key.publicKey)) });
  const proof = (by: ProgramKey, claims: { htm?: string; path?: string; token?: string } = {}) =>
    makeDpopProof(by.privateKey, publicJwkOf(by.publicKey), {
      htm: claims.htm ?? "GET",
      htu: `${portal.origin}${claims.path ?? "/api/me"}`,
      jti: randomToken(),
      iat: Math.floor(world.clock / 1000),
      ath: accessTokenHash(claims.token ?? token),
    });
  const show = (dpop: string, shown = token) =>
    portal.outcome("/api/me", { headers: { authorization: `DPoP ${shown}`, dpop } });
  return { world, portal, key, token, proof, show };
}

describe("A18: a session's token in another's hands", () => {
  test("A18: a stolen token with another key is refused and audited", async () => {
    const { world, key, proof, show } = await signedIn();
    expect(await show(await proof(key))).toBe("200");
    expect(await show(await proof(createProgramKey()))).toBe("unauthenticated");
    const refused = (await world.audit()).filter(({ outcome }) => outcome === "refused");
    expect(refused).toMatchObject([{ action: "me.read", reasons: ["unauthenticated"] }]);
  });

  test("A18: a proof that was seen once is refused the second time, and so is one for another request or token", async () => {
    const { world, key, proof, show } = await signedIn();
    const seen = await proof(key);
    expect(await show(seen)).toBe("200");
    expect(await show(seen)).toBe("dpop-invalid");
    for (const claims of [{ htm: "POST" }, { path: "/api/grants" }, { token: "another" }])
      expect(await show(await proof(key, claims))).toBe("dpop-invalid");
    expect((await world.audit()).filter(({ outcome }) => outcome === "refused")).toHaveLength(4);
  });

  test("A18: a token is worth nothing without a proof, as a bearer, as a cookie, or on the other face", async () => {
    const { world, portal, token, key, proof } = await signedIn();
    expect(await portal.outcome("/api/me", { headers: { authorization: `DPoP ${token}` } })).toBe("unauthenticated");
    expect(await portal.outcome("/api/me", { headers: { authorization: `Bearer ${token}` } })).toBe("unauthenticated");
    expect(await portal.outcome("/api/me", { cookie: token })).toBe("unauthenticated");
    const staff = await ServedFace.open(world, "staff");
    const headers = { authorization: `DPoP ${token}`, dpop: await proof(key) };
    expect(await staff.outcome("/api/me", { headers })).toBe("dpop-invalid");
  });
});
