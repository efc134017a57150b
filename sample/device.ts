/** A sample device that runs in this process. */
export interface SampleDevice {
  readonly port: number;
  /** Stops listening and breaks what is open. */
  close(): Promise<void>;
}

/** Where a sample device listens; port 0 lets the system choose. */
export interface SampleAddress {
  readonly host: string;
  readonly port: number;
}
