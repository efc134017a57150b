import { signRequest } from "../crypto/access-request.ts";
import { publicJwkOf } from "../crypto/public-jwk.ts";
import { newId } from "../crypto/random.ts";
import { jwkThumbprint } from "../crypto/thumbprint.ts";
import { DeviceList } from "../protocol/api/device.ts";
import { Me } from "../protocol/api/me.ts";
import { RequestView } from "../protocol/api/request.ts";
import { GenkanError } from "../protocol/error.ts";
import { requestOf } from "../protocol/request-of.ts";
import { askedWindow, checkReadable, type TypedWindow } from "./asked-window.ts";
import { chooseDevice, chooseService } from "./choose.ts";
import { exitCodes } from "./exit-code.ts";
import { windowsInBoth } from "./format.ts";
import type { Text } from "./text.ts";
import { type Cli, signedIn } from "./verb.ts";
import { parseZone } from "./zoned-time.ts";

export interface RequestOptions extends TypedWindow {
  readonly device: string;
  readonly services: readonly string[];
  /** In the zone of the device's site without it. */
  readonly zone?: string;
  readonly reason: string;
  readonly plan: string;
  readonly workOrder?: string;
}

/** What is said beside device and services, as it is typed and as `--help` tells it. */
export const requestOptions: readonly (readonly [flags: string, about: Text, ...required: ["required"] | []])[] = [
  [
    "--start <time>",
    {
      en: '01:00 (the next one), "tonight 23:00", "tomorrow 09:00", +2h, 2026-03-01T09:00 (Z or +09:00 may follow); now if left out',
      ja: "開始: 01:00(次の 1 時)、「今夜 23:00」「明日 09:00」、+2h、2026-03-01T09:00(Z や +09:00 も可)。省略時は今から",
    },
  ],
  ["--until <time>", { en: "end: the same, or +2h from the start", ja: "終了: 同様、または開始から +2h" }],
  ["--for <length>", { en: "or how long: 2h, 30m, 1h30m", ja: "または長さ: 2h、30m、1h30m(2時間、30分)" }],
  [
    "--zone <iana>",
    {
      en: "zone of times without offset; the device's if left out",
      ja: "時差のない時刻のタイムゾーン(省略時は機器の施設)",
    },
  ],
  ["--reason <text>", { en: "why", ja: "理由" }, "required"],
  ["--plan <text>", { en: "what will be done, step by step", ja: "作業計画" }, "required"],
  ["--work-order <number>", { en: "number of the work order, if there is one", ja: "作業番号(あれば)" }],
];

/** `genkan request`: asks for a window on services of a device. */
export async function request(cli: Cli, options: RequestOptions): Promise<number> {
  const typedZone = options.zone === undefined ? undefined : parseZone(options.zone);
  // A time that can't be read is refused before the server is asked anything. Only the device's zone, and the server's clock,
  // tell what it means.
  checkReadable(options);
  const api = signedIn(cli);
  // One after the other: the first answer tells the server's clock, which the next proof of our key needs.
  const { devices } = await api.get("/api/devices", DeviceList);
  const me = await api.get("/api/me", Me);
  const device = chooseDevice(devices, options.device);
  const zone = typedZone ?? device.zone;
  const services = options.services.map((name) => chooseService(device.services, name));
  const ids = services.map((service) => service.id);
  const { privateKey, publicKey } = cli.folder.key("workstation");
  const jwk = publicJwkOf(publicKey);
  const asked = requestOf(newId("request"), { me, keys: [jwkThumbprint(jwk)] }, device, ids, {
    windows: [askedWindow(options, zone, api.serverNow())],
    zone,
    rule: "normal",
    reason: typedLines(options.reason),
    plan: typedLines(options.plan),
    workOrder: options.workOrder?.trim() || null,
  });
  if (!asked) throw new GenkanError("denied", undefined, { reasons: ["workstation-unknown"] });
  const signed = await signRequest(asked, privateKey, jwk);
  const made = await api.post("/api/requests", { request: signed }, RequestView);
  const line = cli.terminal.text("requested", {
    id: made.id,
    device: made.device.name,
    services: made.services.map((service) => service.name).join(", "),
    window: windowsInBoth(made.windows, device.zone, cli.zone),
  });
  cli.terminal.result({ request: made }, [line]);
  return exitCodes.done;
}

/** As text is kept: without white space around it, and with one kind of line end. */
const typedLines = (text: string) => text.replaceAll(/\r\n?/g, "\n").trim();
