import type { Command } from "commander";
import { approve, deny, revoke } from "../../cli/decide.ts";
import { lift, lock } from "../../cli/lock.ts";
import { type AddVerb, said, why } from "./verb.ts";

/** Deciding, and stopping what goes on. */
export function addOversightVerbs(program: Command, verb: AddVerb): void {
  verb(
    program,
    { usage: "approve [request]", about: said("open the page on which requests are approved", "承認のページを開く") },
    (cli, _options, id) => approve(cli, id),
  );
  verb<{ reason: string }>(
    program,
    { usage: "deny <request>", about: said("deny a request", "申請を却下"), options: [why] },
    (cli, options, id = "") => deny(cli, id, options.reason),
  );
  verb<{ reason: string }>(
    program,
    {
      usage: "revoke <grant>",
      about: said("revoke a grant and cut its sessions", "許可を取り消して切断"),
      options: [why],
    },
    (cli, options, id = "") => revoke(cli, id, options.reason),
  );
  verb<{ reason: string }>(
    program,
    {
      usage: "lock <kind> [id]",
      about: said(
        "person, workstation, vendor, device, agent, site, everything: cut, and none new",
        "ロック(切断し、新たな接続も拒否)",
      ),
      options: [why],
    },
    (cli, options, kind = "", id) => lock(cli, kind, id, options.reason),
  );
  verb<{ reason: string }>(
    program,
    { usage: "lift <lock>", about: said("lift a lock", "ロックを解除"), options: [why] },
    (cli, options, id = "") => lift(cli, id, options.reason),
  );
}
