import type { SameShape } from "../../../text/shape.ts";
import type { setup as ja } from "../ja/setup.ts";

export const setup: SameShape<typeof ja> = {
  checklist: {
    done: "All of it is done. This page stays here.",
    left: "{{count}} to go",
    isDone: "Done",
    isOpen: "To do",
    command: "command of: {{step}}",
    go: "Open {{place}}",
  },
  firstRun: {
    title: "First run",
    lead: "There is no administrator yet. Whoever enters the code from the server's console becomes the first one.",
    code: "First code",
    codeHelp: "As genkan-authority init printed it. If it is lost, run genkan-authority first-code on the server.",
    name: "Your name",
    nameHelp: "It is shown on pages and in the log.",
    login: "Login",
    loginHelp: "Such as your mail address. It can't be changed later.",
    begin: "Next: create a passkey",
  },
};
