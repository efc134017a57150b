/**
 * What a device's web server did that RFC 9112 does not foresee, and browsers take all the same. A row of the recording
 * names each; `text/` says it in each language, and docs/devices.md what is done about it.
 */
export const oddities = [
  "line-ends",
  "status-line",
  "fields",
  "lengths",
  "coding",
  "chunks",
  "interim",
  "head-cut-short",
  "body-cut-short",
  "more-than-asked",
  "early",
  "second-try",
] as const;

export type Oddity = (typeof oddities)[number];
