import { GenkanError } from "../protocol/error.ts";
import { devicePages as deviceEn } from "../text/en/device-page.ts";
import { errors as errorEn } from "../text/en/error.ts";
import { devicePages as deviceJa } from "../text/ja/device-page.ts";
import { errors as errorJa } from "../text/ja/error.ts";
import { type Language, said } from "../text/language.ts";
import { type Page, pageOfFailure } from "./http-page.ts";
import { type Unreadable, UnreadableAnswer } from "./http-unreadable.ts";

const texts = { ja: { device: deviceJa, error: errorJa }, en: { device: deviceEn, error: errorEn } };

/** What the device sent is quoted below, and nothing else of it passed on. */
function unreadablePage(why: Unreadable, begins: string): Page {
  const say = (language: Language): readonly [string, string] => {
    const { device, error } = texts[language];
    if (why === "no-answer") return [device.title["no-answer"], device.next["no-answer"]];
    return [
      error["device-unreadable"],
      said(language, said(language, device.why[why], device.next.native), device.next.below),
    ];
  };
  return { status: 502, ja: say("ja"), en: say("en"), quoted: begins };
}

/** The page in the place of an answer that did not come, or can't be shown. */
export function answerPage(error: GenkanError | UnreadableAnswer): Page {
  if (error instanceof UnreadableAnswer) return unreadablePage(error.why, error.begins);
  return pageOfFailure(error.code);
}

/** The page that says where a device wanted to lead the browser. `granted`: the name of that service, if the grant has it. */
export function outPage(url: string, granted: string | undefined): Page {
  const which = granted === undefined ? "out" : "granted";
  const say = (language: Language): readonly [string, string] => {
    const { title, next } = texts[language].device;
    return [title[which], next[which]];
  };
  return { status: 403, ja: say("ja"), en: say("en"), quoted: granted === undefined ? url : `${granted}\n${url}` };
}
