import { DeviceList } from "../protocol/api/device.ts";
import { RequestView } from "../protocol/api/request.ts";
import { chooseDevice, chooseService } from "./choose.ts";
import { exitCodes } from "./exit-code.ts";
import { zonedWindow } from "./format.ts";
import { type Cli, signedIn } from "./verb.ts";
import { parseTime, parseZone } from "./zoned-time.ts";

export interface RequestOptions {
  readonly device: string;
  readonly services: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly zone?: string;
  readonly reason: string;
  readonly plan: string;
}

/** `genkan request`: asks for a window on services of a device. */
export async function request(cli: Cli, options: RequestOptions): Promise<number> {
  const zone = options.zone === undefined ? cli.zone : parseZone(options.zone);
  const windowAt = (nowMs: number) => {
    const start = parseTime(options.start, zone, { nowMs });
    return { start, end: parseTime(options.end, zone, { nowMs, fromMs: Date.parse(start) }) };
  };
  // A time that can't be read is refused before the server is asked anything.
  windowAt(cli.now());
  const api = signedIn(cli);
  const { devices } = await api.get("/api/devices", DeviceList);
  const device = chooseDevice(devices, options.device);
  const services = options.services.map((name) => chooseService(device.services, name));
  const made = await api.post(
    "/api/requests",
    {
      device: device.id,
      services: [...new Set(services.map((service) => service.id))],
      // `now` and `+2h` count from the server's clock, which its answer has told.
      window: windowAt(api.serverNow()),
      zone: zone ?? "UTC",
      reason: options.reason,
      plan: options.plan,
    },
    RequestView,
  );
  const line = cli.terminal.text("requested", {
    id: made.id,
    device: made.device.name,
    services: made.services.map((service) => service.name).join(", "),
    window: zonedWindow(made.window, made.zone),
  });
  cli.terminal.result({ request: made }, [line]);
  return exitCodes.done;
}
