import type { Command } from "commander";
import { connect } from "../../cli/connect.ts";
import { list } from "../../cli/list.ts";
import { type RequestOptions, request, requestOptions } from "../../cli/request.ts";
import { type AddVerb, said } from "./verb.ts";

/** Looking, asking and connecting. */
export function addAccessVerbs(program: Command, verb: AddVerb): void {
  const about = said("devices, requests, grants, live sessions", "機器・申請・許可・接続の一覧");
  verb(program, { usage: "ls", about }, list);
  verb<Omit<RequestOptions, "device" | "services">>(
    program,
    {
      usage: "request <device> <service...>",
      about: said("ask for a window", "接続を申請"),
      options: requestOptions.map(([flags, { en, ja }, ...required]) => [flags, said(en, ja), ...required]),
    },
    (cli, options, device = "", ...services) => request(cli, { ...options, device, services }),
  );
  verb<{ port?: string; grant?: string }>(
    program,
    {
      usage: "connect <device> <service>",
      about: said("open a port on this computer that leads to a service", "この端末のポートから機器のサービスに接続"),
      options: [
        ["--port <n>", said("port on 127.0.0.1; any free one if left out", "127.0.0.1 のポート(省略時は空きポート)")],
        ["--grant <id>", said("by this grant", "使う許可")],
      ],
      graceful: true,
    },
    (cli, options, device = "", service = "") => connect(cli, { ...options, device, service }),
  );
}
