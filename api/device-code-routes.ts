import type { Context } from "../authority/context.ts";
import { beginDeviceCode, confirmDeviceCode, issueToken, lookUpDeviceCode } from "../authority/device-code.ts";
import { DeviceAuthorization, DeviceCodeConfirm, DeviceCodeLookup, Token } from "../protocol/api/device-code.ts";
import { GenkanError } from "../protocol/error.ts";
import { type Face, faces } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { Nothing } from "../protocol/schema.ts";
import { verifyOnce } from "./authenticate.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { TryBudget } from "./try-budget.ts";

/** Device flow (RFC 8628): the terminal shows a code, a browser that is signed in with two factors confirms it. */
export function deviceCodeRoutes(c: Context, face: Face): Endpoint[] {
  const begun = new TryBudget(limits.deviceCodesPerAddress, limits.deviceCodeMs);
  const polls = new TryBudget(limits.tokenPollsPerAddress, limits.dpopMs);

  return [
    endpoint({
      method: "POST",
      url: "/oauth/device_authorization",
      faces,
      permission: "public",
      audit: "device-code.begin",
      form: true,
      body: DeviceAuthorization.body,
      reply: DeviceAuthorization.reply,
      handle: async ({ body, request }) => {
        begun.take(networkOf(request.ip), c.now().getTime());
        return beginDeviceCode(c, face, body, request.ip);
      },
    }),

    endpoint({
      method: "POST",
      url: "/oauth/token",
      faces,
      permission: "public",
      audit: "token.issue",
      form: true,
      body: Token.body,
      reply: Token.reply,
      handle: async ({ body, request }) => {
        polls.take(networkOf(request.ip), c.now().getTime());
        const proof = request.headers.dpop;
        if (typeof proof !== "string") throw new GenkanError("dpop-invalid");
        const { thumbprint } = await verifyOnce(c, face, request, proof, null);
        return issueToken(c, face, body.device_code, thumbprint);
      },
    }),

    endpoint({
      method: "POST",
      url: "/api/device-codes/lookup",
      faces,
      permission: "signed-in",
      audit: "device-code.lookup",
      body: DeviceCodeLookup.body,
      reply: DeviceCodeLookup.reply,
      handle: ({ body }) => lookUpDeviceCode(c, face, body.userCode),
    }),

    endpoint({
      method: "POST",
      url: "/api/device-codes/confirmation",
      faces,
      permission: "signed-in",
      audit: "device-code.confirm",
      body: DeviceCodeConfirm.body,
      reply: Nothing,
      handle: async ({ body, caller, request }) => {
        // In a browser only: whoever holds a terminal's token could make themselves more terminals.
        if (request.headers.authorization !== undefined) throw new GenkanError("denied");
        await confirmDeviceCode(c, face, caller, body);
        return {};
      },
    }),
  ];
}
