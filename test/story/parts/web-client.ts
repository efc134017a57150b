import type { Static } from "typebox";
import type { SessionList } from "../../../protocol/api/session.ts";
import type { Id } from "../../../protocol/make-id.ts";
import type { Context } from "../context.ts";
import { type Answered, ask } from "../network/ask.ts";
import { openOnPage } from "./pages.ts";
import { until } from "./wait.ts";

/** A technician who takes the cookie out of the browser, and sends whatever requests they like in their own session. */
export class WebClient {
  readonly session: Id<"session">;
  /** Host and port of this session alone. */
  readonly host: string;
  readonly cookie: string;
  readonly #context: Context;

  private constructor(context: Context, session: Id<"session">, host: string, cookie: string) {
    this.#context = context;
    this.session = session;
    this.host = host;
    this.cookie = cookie;
  }

  /** Opens the device's page from the portal, as a person does. */
  static async enter(context: Context): Promise<WebClient> {
    const sato = context.person("sato");
    const grant = context.grant("web");
    const live = async () => {
      const { sessions } = await sato.get<Static<typeof SessionList>>("/api/sessions");
      return sessions.filter((one) => one.grant === grant.id && one.state === "live").map(({ id }) => id);
    };
    const before = await live();
    const page = await openOnPage(sato, grant);
    await page.getByText("ナースコール管理").first().waitFor();
    const session = await until("session of the page", 10_000, async () =>
      (await live()).find((id) => !before.includes(id)),
    );
    const [cookie] = await sato.context.cookies(page.url());
    if (!cookie) throw new Error("The browser has no cookie of the device's page.");
    const { host } = new URL(page.url());
    await page.close();
    return new WebClient(context, session, host, `${cookie.name}=${cookie.value}`);
  }

  /** A request line and its heads, to the server name of this session unless told. The cookie goes along. */
  ask(line: string, heads: readonly string[], servername = this.servername): Promise<Answered> {
    const { certificates, layout } = this.#context;
    if (!certificates) throw new Error("This client speaks https only.");
    const all = [line, ...heads, `Cookie: ${this.cookie}`, "Connection: close", "", ""];
    return ask({
      address: layout.addresses.gateway,
      port: this.port,
      servername,
      ca: certificates.file,
      request: all.join("\r\n"),
    });
  }

  get port(): number {
    return Number(new URL(`https://${this.host}`).port);
  }

  get servername(): string {
    return new URL(`https://${this.host}`).hostname;
  }
}
