import type { Socket } from "node:net";

/** A request as an odd device reads it. */
export interface Asked {
  readonly method: string;
  /** Behind the quirk's own path. */
  readonly target: string;
  /** As they came, one line each. */
  readonly lines: readonly string[];
  readonly body: Buffer;
  /** Which request of its connection it is, and which connection of the quirk, from 1. */
  readonly nth: number;
  readonly connection: number;
  /** The device as it names itself. */
  readonly host: string;
  /** Where this quirk lives: a path without a slash at its end. */
  readonly root: string;
}

/** One odd way of answering, and what a person sees of it in Chromium. */
export interface Quirk {
  readonly name: string;
  /** Writes whatever the device answers. */
  answer(asked: Asked, socket: Socket): void;
  /** Called with the head, before the body is read, and nothing more is read then. */
  readonly early?: true;
  /** What the person sees at last: a part of the page's text. */
  readonly shows: string | RegExp;
}

/** Those that Chromium refuses to show, and what the agent's page says of them. */
export interface Refused extends Omit<Quirk, "shows"> {
  readonly said: string;
}

export const text = "ポンプ 7";
export const html = `<!doctype html><meta charset="utf-8"><title>pump</title><p>${text}</p>`;
export const size = Buffer.byteLength(html);

/** A page whose script shows what it found out. */
export const script = (body: string) =>
  `<!doctype html><meta charset="utf-8"><title>busy</title><p id="out"></p><script type="module">
const show = (found) => { out.textContent = String(found); document.title = "done"; };
const out = document.getElementById("out");
try { ${body} } catch (error) { show("failed: " + error); }
</script>`;

/** A whole and proper answer. */
export function proper(body: string | Buffer, ...fields: string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = ["HTTP/1.1 200 OK", "Content-Type: text/html", `Content-Length: ${bytes.length}`, ...fields, "", ""];
  return Buffer.concat([Buffer.from(head.join("\r\n"), "latin1"), bytes]);
}

/** Says this and closes. */
export const says = (name: string, answer: string, shows: string | RegExp = text): Quirk => ({
  name,
  shows,
  answer: (_, socket) => void socket.end(Buffer.from(answer)),
});

/** A page with a script, and an answer to what the script asks. */
export const scripted = (
  name: string,
  body: string,
  shows: string | RegExp,
  answer: Quirk["answer"],
  o: { early?: true } = {},
): Quirk => ({
  name,
  shows,
  answer: (asked, socket) => (asked.target === "/" ? void socket.write(proper(script(body))) : answer(asked, socket)),
  ...o,
});
