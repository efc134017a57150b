/** What the system says, with what to do about it; `option` is where the address is chosen. */
export function sayListenError(error: unknown, address: string, option: `--${string}`): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new Error(
        `EADDRINUSE: ${address} is taken by another program. Stop that program, or choose another port with ${option}.`,
      );
    case "EACCES":
      return new Error(
        `EACCES: ${address} needs a right that this user lacks. Choose a port above 1023, or give the service CAP_NET_BIND_SERVICE.`,
      );
    case "EADDRNOTAVAIL":
      return new Error(
        `EADDRNOTAVAIL: this machine has no such address: ${address}. Choose another one with ${option}.`,
      );
    default:
      return error;
  }
}
