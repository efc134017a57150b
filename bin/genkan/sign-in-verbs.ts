import type { Command } from "commander";
import { login, logout, whoami } from "../../cli/sign-in.ts";
import { type AddVerb, said } from "./verb.ts";

/** Who somebody is. */
export function addSignInVerbs(program: Command, verb: AddVerb): void {
  verb<{ portal?: string; staff?: string; ca?: string }>(
    program,
    {
      usage: "login",
      about: said("sign in, confirmed in a browser", "サインイン(ブラウザーで確認)"),
      options: [
        ["--portal <url>", said("as a technician, at this portal", "技術者として、このポータルに")],
        ["--staff <url>", said("as staff, at this address", "職員として、このアドレスに")],
        ["--ca <file>", said("trust these certificates too (PEM)", "この証明書も信頼する(PEM)")],
      ],
    },
    login,
  );
  verb(program, { usage: "logout", about: said("sign out", "サインアウト") }, logout);
  verb(program, { usage: "whoami", about: said("who is signed in, and where", "サインイン中の人") }, whoami);
}
