import { requireService } from "../../authority/device.ts";
import { GenkanError } from "../../protocol/error.ts";
import { type Service, tlsExceptions } from "../../protocol/service.ts";
import { parseServiceText } from "../../protocol/service-text.ts";

/** A service of a device as somebody typed it on the authority's host. Throws `bad-request`, which says how it is written. */
export function parseService(text: string): Omit<Service, "id"> {
  const said = parseServiceText(text);
  if (!said)
    throw new GenkanError(
      "bad-request",
      `${text} is not NAME:PROTOCOL:ADDRESS:PORT, where an address is an IP literal, and an exception of TLS ${tlsExceptions.join(" or ")}.`,
    );
  requireService(said);
  return said;
}
