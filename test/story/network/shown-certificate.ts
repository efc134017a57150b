import { readFileSync } from "node:fs";
import { connect } from "node:tls";

export interface ShownOrder {
  readonly address: string;
  readonly port: number;
  readonly servername: string;
  /** PEM file of the authority that must have signed it. */
  readonly ca: string;
}

/** SHA-256 of the certificate that a host shows, verified as a browser does. */
export function shownCertificate({ address, port, servername, ca }: ShownOrder): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      servername,
      ca: readFileSync(ca),
      ALPNProtocols: ["h2", "http/1.1"],
    });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      if (socket.alpnProtocol !== "http/1.1") reject(new Error(`${servername} speaks ${String(socket.alpnProtocol)}.`));
      socket.destroy();
      if (certificate) resolve(certificate.fingerprint256);
      else reject(new Error(`${servername} shows no certificate.`));
    });
  });
}
