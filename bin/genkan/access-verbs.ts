import type { Command } from "commander";
import { connect, connectStdio } from "../../cli/connect.ts";
import { list } from "../../cli/list.ts";
import { type RequestOptions, request, requestOptions } from "../../cli/request.ts";
import { ssh } from "../../cli/ssh.ts";
import { status } from "../../cli/status.ts";
import { runHere, self, stdio } from "./stdio.ts";
import { type AddVerb, type Option, said } from "./verb.ts";

const byGrant: Option = ["--grant <id>", said("by this grant", "使う許可")];

/** Looking, asking and connecting. */
export function addAccessVerbs(program: Command, verb: AddVerb): void {
  const about = said("devices, requests, grants, live sessions", "機器・申請・許可・接続の一覧");
  verb(program, { usage: "ls", about }, list);
  verb<{ watch?: boolean }>(
    program,
    {
      usage: "status",
      about: said(
        "who is signed in, locks, what waits, is open and is connected",
        "サインイン・ロック・申請・許可・接続の今",
      ),
      options: [["--watch", said("again and again, until Ctrl-C", "Ctrl-C まで繰り返し表示")]],
      graceful: true,
    },
    status,
  );
  verb<Omit<RequestOptions, "device" | "services">>(
    program,
    {
      usage: "request <device> <service...>",
      about: said("ask for a window", "接続を申請"),
      options: requestOptions.map(([flags, { en, ja }, ...required]) => [flags, said(en, ja), ...required]),
    },
    (cli, options, device = "", ...services) => request(cli, { ...options, device, services }),
  );
  verb<{ port?: string; grant?: string; stdio?: boolean }>(
    program,
    {
      usage: "connect <device> <service>",
      about: said("open a port on this computer that leads to a service", "この端末のポートから機器のサービスに接続"),
      options: [
        ["--port <n>", said("port on 127.0.0.1; any free one if left out", "127.0.0.1 のポート(省略時は空きポート)")],
        byGrant,
        [
          "--stdio",
          said(
            "no port: one connection by standard input and output, for ssh -o ProxyCommand",
            "ポートの代わりに標準入出力で 1 つの接続を運ぶ(ssh -o ProxyCommand 用)",
          ),
        ],
      ],
      graceful: true,
    },
    (cli, options, device = "", service = "") => {
      const wanted = { ...options, device, service };
      return options.stdio ? connectStdio(cli, wanted, stdio) : connect(cli, wanted);
    },
  );
  verb<{ user?: string; service?: string; grant?: string }>(
    program,
    {
      usage: "ssh <device> [args...]",
      about: said(
        "this computer's ssh, to a device; its options come after --",
        "この端末の ssh で機器に接続(ssh の引数は -- の後)",
      ),
      options: [
        ["--user <name>", said("user on the device", "機器でのログイン名")],
        ["--service <name>", said("where several speak ssh", "ssh のサービスが複数ある場合")],
        byGrant,
      ],
      graceful: true,
    },
    (cli, options, device = "", ...rest) => ssh(cli, { ...options, device, rest }, { self: self(), run: runHere }),
  );
}
