import type { Command } from "commander";
import { approve, deny, revoke } from "../../cli/decide.ts";
import { cut, freeze, thaw } from "../../cli/hold.ts";
import { lift, lock } from "../../cli/lock.ts";
import { type AddVerb, optionalWhy, said, why } from "./verb.ts";

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
  verb<{ reason?: string }>(
    program,
    {
      usage: "freeze <session>",
      about: said("hold a session's bytes, without ending it", "接続を一時停止(終了はしない)"),
      options: [optionalWhy],
    },
    (cli, options, name = "") => freeze(cli, name, options.reason),
  );
  verb(
    program,
    { usage: "thaw <session>", about: said("let a frozen session go on", "一時停止した接続を再開") },
    (cli, _options, name = "") => thaw(cli, name),
  );
  verb<{ reason?: string }>(
    program,
    { usage: "cut <session>", about: said("end a session now", "接続を切断"), options: [optionalWhy] },
    (cli, options, name = "") => cut(cli, name, options.reason),
  );
  verb<{ reason: string; site?: string }>(
    program,
    {
      usage: "lock <kind> [name]",
      about: said(
        "person, workstation, vendor, device, agent, site, everything: cut, and none new",
        "ロック: 人・端末・保守会社・機器・エージェント・施設・すべて(切断し、新たな接続も拒否)",
      ),
      options: [
        why,
        [
          "--site <name>",
          said("site at which it holds, for an officer of several", "ロックする施設(複数の施設の責任者)"),
        ],
      ],
    },
    (cli, options, kind = "", name) => lock(cli, kind, name, options),
  );
  verb<{ reason: string }>(
    program,
    { usage: "lift <lock>", about: said("lift a lock", "ロックを解除"), options: [why] },
    (cli, options, id = "") => lift(cli, id, options.reason),
  );
}
