import type { oddities as ja } from "../ja/oddity.ts";
import type { SameShape } from "../shape.ts";

export const oddities: SameShape<typeof ja> = {
  "line-ends": "Lines of the head end with a bare line feed.",
  "status-line": "The status line is not written as RFC 9112 has it.",
  fields: "The head has lines that are no fields, or fields that are badly written.",
  lengths: "The length is given twice, in no number, or beside chunks.",
  coding: "A transfer coding is named that can't be used here.",
  chunks: "The chunks are not written as RFC 9112 has it.",
  interim: "An interim answer came that nobody had asked for.",
  "head-cut-short": "The connection ended in the middle of the head.",
  "body-cut-short": "The connection ended in the middle of the body, or its chunks can't be read.",
  "more-than-asked": "More bytes came than the answer has.",
  early: "The answer came before the whole request was sent, so the rest was not sent.",
  "second-try": "The connection was closed without an answer, and the request was sent once more on another one.",
};
