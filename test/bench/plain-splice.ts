import { type AddressInfo, connect, createServer } from "node:net";

/**
 * The plainest relay that Node gives: accepts, dials the port of its argument, pipes both ways, decides nothing and
 * encrypts nothing. A process of its own, so that its CPU and memory stand beside the gateway's.
 */
const target = Number(process.argv[2]);
const server = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
  for (const socket of [near, far]) socket.on("error", () => {});
  near.pipe(far).pipe(near);
  near.once("close", () => far.destroy());
  far.once("close", () => near.destroy());
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
