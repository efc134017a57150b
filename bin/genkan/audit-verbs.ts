import type { Command } from "commander";
import { auditExport, auditProof } from "../../cli/audit.ts";
import { auditVerify } from "../../cli/audit-verify.ts";
import { type AddVerb, said } from "./verb.ts";

/** The log, to keep and to verify. */
export function addAuditVerbs(program: Command, verb: AddVerb): void {
  const audit = program.command("audit").description(said("the log", "監査ログ")).helpCommand(false);
  verb<{ output: string }>(
    audit,
    {
      usage: "export",
      about: said("write the whole log to a file", "ログ全体をファイルに書き出す"),
      options: [["-o, --output <file>", said("the file", "ファイル"), "required"]],
      graceful: true,
    },
    (cli, options) => auditExport(cli, options.output),
  );
  verb<{ output: string }>(
    audit,
    {
      usage: "proof <index>",
      about: said("write the proof of one record to a file", "記録 1 件の証明をファイルに書き出す"),
      options: [
        [
          "-o, --output <file>",
          said("the file, such as record.tlog-proof", "ファイル(例: record.tlog-proof)"),
          "required",
        ],
      ],
    },
    (cli, options, index = "") => auditProof(cli, index, options.output),
  );
  verb<{ key: string; since?: string }>(
    audit,
    {
      usage: "verify <file>",
      about: said(
        "verify an exported log, or the proof of a record, offline",
        "書き出したログや記録の証明をオフラインで検証",
      ),
      options: [
        [
          "--key <key>",
          said("the log's verifier key, from elsewhere than the file", "ログの検証鍵(ファイル以外から入手したもの)"),
          "required",
        ],
        [
          "--since <file>",
          said(
            "an earlier export, or a kept checkpoint, that it must contain",
            "含まれているべき以前の書き出し、または保管したチェックポイント",
          ),
        ],
      ],
    },
    (cli, options, file = "") => auditVerify(cli, file, options.key, options.since),
  );
}
