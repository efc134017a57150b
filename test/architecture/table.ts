/** Folder → folders whose files it may import. A missing edge is a forbidden edge. */
export const folders: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  text: ["protocol"],
  crypto: ["protocol"],
  files: ["protocol", "crypto"],
  link: ["protocol", "crypto"],
  channels: ["protocol", "text", "crypto", "link"],
  policy: ["protocol"],
  store: ["protocol", "crypto"],
  authority: ["protocol", "crypto", "link", "policy", "store"],
  api: ["protocol", "crypto", "link", "policy", "store", "authority"],
  gateway: ["protocol", "crypto", "files", "link"],
  agent: ["protocol", "text", "crypto", "files", "link", "channels"],
  cli: ["protocol", "text", "crypto", "files", "link"],
  web: ["protocol", "text"],
  sample: ["protocol"],
  bin: [
    "protocol",
    "text",
    "crypto",
    "files",
    "link",
    "channels",
    "policy",
    "store",
    "authority",
    "api",
    "gateway",
    "agent",
    "cli",
    "sample",
  ],
  package: ["protocol", "bin"],
};

/** What `test/` may do is not bounded: it imports everything. */
export const unbounded: readonly string[] = ["test"];

/**
 * Package or built-in module → folders that may import it. npm packages that are not named here are imported by nobody;
 * built-in modules that are not named here are free, except where {@link pureFolders} forbids them all.
 */
export const owners: Readonly<Record<string, readonly string[]>> = {
  // The wire's schemas are made in protocol; a part that parses at its edge asks the checker.
  typebox: ["protocol"],
  "typebox/value": ["protocol", "crypto", "link", "channels", "store", "authority", "api", "gateway", "agent", "cli"],
  "typebox/compile": ["protocol", "crypto", "link", "channels", "store", "authority", "api", "gateway", "agent", "cli"],

  jose: ["crypto"],
  "age-encryption": ["crypto"],
  // Packaging counts checksums; it makes and proves no key.
  "node:crypto": ["crypto", "package"],

  ws: ["link", "sample"],
  "node:net": ["link", "sample", "bin"],
  "node:tls": ["link"],

  ssh2: ["channels", "sample"],

  // Which names browsers take for one site (public suffix list).
  tldts: ["authority"],

  kysely: ["store"],
  "better-sqlite3": ["store"],
  pg: ["store"],
  ioredis: ["store"],

  fastify: ["api"],
  "@fastify/cookie": ["api"],
  "@fastify/formbody": ["api"],
  "@fastify/helmet": ["api"],
  "@fastify/static": ["api"],
  "@fastify/swagger": ["api"],
  "@fastify/type-provider-typebox": ["api"],
  "@fastify/websocket": ["api"],
  "@simplewebauthn/server": ["authority"],
  otplib: ["authority"],
  "csv-parse": ["authority"],
  "csv-parse/sync": ["authority"],
  "csv-stringify": ["authority"],
  "csv-stringify/sync": ["authority"],

  commander: ["bin"],
  pino: ["bin"],
  "prom-client": ["bin"],

  "@mantine/core": ["web"],
  "@mantine/hooks": ["web"],
  "@simplewebauthn/browser": ["web"],
  "@tanstack/react-query": ["web"],
  "@vitejs/plugin-react": ["web"],
  "get-nonce": ["web"],
  i18next: ["web"],
  qrcode: ["web"],
  react: ["web"],
  "react-dom": ["web"],
  "react-i18next": ["web"],
  vite: ["web", "package"],

  // Programs start no child program; only the launcher of the demonstration and packaging do.
  "node:child_process": ["bin", "package"],
  "node:process": ["bin"],
  // Nobody: a relay over HTTP/2 mixed sessions up, and each process has one thread and no debugger.
  "node:http2": [],
  "node:cluster": [],
  "node:inspector": [],
  "node:vm": [],
  "node:worker_threads": [],
};

/** Types of these may be imported anywhere, for a type opens no connection and makes no key. */
export const typesAreFree: readonly string[] = ["typebox", "node:net", "node:tls", "node:crypto"];

/** Folders without any built-in module, so that they run in a browser or decide without effects. */
export const pureFolders: readonly string[] = ["protocol", "text", "policy", "web"];

/** A build script of a pure folder runs in Node. */
export const buildScripts: readonly string[] = ["web/vite.config.ts"];

/** Folders, or single files, in which the environment and the arguments of the process may be read. */
export const environmentReaders: readonly string[] = ["bin", "package/environment.ts", "test"];

/** Folders that ask the database; for all others it is a thing to hand on. */
export const queryAskers: readonly string[] = ["store", "test"];

/** What a query begins with, in Kysely. */
export const queries: readonly string[] = [
  "selectFrom",
  "selectNoFrom",
  "insertInto",
  "replaceInto",
  "updateTable",
  "deleteFrom",
  "mergeInto",
  "withRecursive",
  "withSchema",
  "startTransaction",
  "executeQuery",
  "introspection",
];

/**
 * Types that prove where a value comes from → files that may assert them. Everybody else has such a value from there, or
 * from a schema that parsed it.
 */
export const minters: Readonly<Record<string, readonly string[]>> = {
  Decision: [],
  Id: [],
};

/** Files that may write the prefix of an id; all others have ids made or parsed. */
export const idWriters: readonly string[] = ["protocol/make-id.ts", "store/scope.ts"];

/** Names that say nothing about what a file is. */
export const emptyNames = /(^|[-./])(utils?|common|helpers?|managers?|misc|v\d+)([-./]|$)/;

/** A file that is longer is more than one noun. */
export const longestFile = 300;
