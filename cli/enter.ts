import { createProgramKey } from "../crypto/program-key.ts";
import { publicJwkOf } from "../crypto/public-jwk.ts";
import { jwkThumbprint } from "../crypto/thumbprint.ts";
import { DeviceList } from "../protocol/api/device.ts";
import { GrantList, type GrantView } from "../protocol/api/grant.ts";
import { SessionCreate, type SessionTicket } from "../protocol/api/session.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Api } from "./api.ts";
import { chooseDevice, chooseGrant, chooseService, NotBegun } from "./choose.ts";
import { timeInBoth } from "./format.ts";
import { endSession } from "./give-up.ts";
import { type Link, openLink } from "./tunnel.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

export interface Destination {
  readonly device: string;
  readonly service: string;
  readonly grant?: string;
}

/** A grant and a service of it. */
export interface Chosen {
  readonly grant: GrantView;
  readonly service: GrantView["services"][number];
}

/** A session that has been admitted and proven. */
export interface Entered extends Chosen {
  readonly api: Api;
  readonly ticket: SessionTicket;
  readonly link: Link;
}

/** The grant to connect with. A device of which there is no grant is told from one that is not there. */
export async function chooseDestination(cli: Cli, api: Api, wanted: Destination): Promise<Chosen> {
  const { grants } = await api.get("/api/grants", GrantList);
  const key = jwkThumbprint(publicJwkOf(cli.folder.key("workstation").publicKey));
  try {
    return chooseGrant(grants, { ...wanted, key, now: api.serverNow() });
  } catch (error) {
    if (error instanceof NotBegun) {
      const when = timeInBoth(error.start, error.siteZone, cli.zone);
      throw new GenkanError("window-not-begun", `${when}.`, { cause: error });
    }
    if (!(error instanceof UsageError) || error.key !== "no-grant") throw error;
    const { devices } = await api.get("/api/devices", DeviceList);
    const device = chooseDevice(devices, wanted.device);
    const service = chooseService(device.services, wanted.service);
    throw new UsageError("no-grant", { device: device.name, service: service.name });
  }
}

/** Opens a session. Null when the person gave up meanwhile. Throws why it is refused, by whoever refuses it. */
export async function enter(cli: Cli, wanted: Destination): Promise<Entered | null> {
  const api = signedIn(cli);
  const { grant, service } = await chooseDestination(cli, api, wanted);
  const programKey = createProgramKey();
  const ticket = await api.post(
    "/api/sessions",
    { grant: grant.id, service: service.id, client: "native", clientKey: programKey.pin },
    SessionCreate.reply,
  );
  try {
    const workstation = cli.folder.key("workstation");
    const link = await openLink({ ticket, programKey, workstation, signal: cli.interrupted });
    return { api, grant, service, ticket, link };
  } catch (error) {
    // The authority has admitted the session already: unused, it would count against the grant until it is given up.
    await endSession(api, ticket.session);
    if (cli.interrupted.aborted) return null;
    throw error;
  }
}
