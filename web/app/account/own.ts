import { useQueryClient } from "@tanstack/react-query";
import type { OwnAccount } from "../../../protocol/api/own-account.ts";
import { send } from "../http.ts";

/** An act on what is one's own; what it answers is the whole as it stands then. */
export function useOwn() {
  const client = useQueryClient();
  return async (path: string, body: object = {}) => {
    const account = await send<OwnAccount>(`/api/account/${path}`, body);
    client.setQueryData(["account"], account);
  };
}
