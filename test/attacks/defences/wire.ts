import type { Defence } from "../defence.ts";

/** Keys, parsers, and what strangers may spend. */
export const wiresDefences: readonly Defence[] = [
  {
    row: "A4",
    what: "who must prove a key and proves none is refused",
    file: "link/pinned-tls.ts",
    find: "const missing = peerKey === null && (required || pin !== undefined);",
    replace: "const missing = false;",
    test: { file: "test/unit/link/pinned-tls.test.ts", name: "refuses a client that proves no key" },
  },
  {
    row: "A4",
    what: "a peer is the key of its own certificate, not of one further up its chain",
    file: "link/pinned-tls.ts",
    find: "const key = socket.tls.getPeerX509Certificate()?.publicKey;",
    replace: `const chain = socket.tls.getPeerCertificate(true) as { raw?: Buffer; issuerCertificate?: { raw: Buffer } };
  const last = chain.issuerCertificate?.raw ?? chain.raw;
  const key = last && new (process.getBuiltinModule("node:crypto").X509Certificate)(last).publicKey;`,
    test: { file: "test/attacks/identity.test.ts", name: "A4: is the key proven in the handshake" },
  },
  {
    row: "A4",
    what: "the gateway takes orders from the one key that it pins",
    file: "gateway/own-tls.ts",
    find: "socket.peerKey !== null && equalSecret(socket.peerKey, own.authorityKey);",
    replace: "socket.peerKey !== null;",
    test: {
      file: "test/component/gateway/control.test.ts",
      name: "is refused to another key, and to a client without",
    },
  },
  {
    row: "A4",
    what: "an agent is the key that joined",
    file: "store/agent.ts",
    find: "agent.key === key && agent.active",
    replace: "agent.active && key !== ''",
    test: { file: "test/attacks/identity.test.ts", name: "A4: an agent's certificate that somebody carries along" },
  },
  {
    row: "A22",
    what: "a server with another key than pinned gets no byte",
    file: "link/pinned-tls.ts",
    find: "(peerKey !== null && pin !== undefined && !equalSecret(peerKey, pin))",
    replace: "(peerKey === pin && pin === '')",
    test: { file: "test/unit/link/pinned-tls.test.ts", name: "refuses a server with another key" },
  },
  {
    row: "A16",
    what: "one address holds so many connections before it names a route",
    file: "gateway/strangers.ts",
    find: "mostPerNetwork: limits.unroutedPerAddress,",
    replace: "mostPerNetwork: limits.unrouted,",
    test: { file: "test/component/gateway/route.test.ts", name: "from one address hold so many places and no more" },
  },
  {
    row: "A16",
    what: "a connection that names nothing is given up",
    file: "link/peek.ts",
    find: "const timer = setTimeout(late, o.timeoutMs ?? limits.peekMs);",
    replace: "const timer = setTimeout(late, 3_600_000);",
    test: { file: "test/unit/link/peek.test.ts", name: "gives up on the slow and on those who go" },
  },
  {
    row: "A16",
    what: "a hello has a longest length",
    file: "link/peek.ts",
    find: 'return head.length >= most ? new GenkanError("frame-too-large") : undefined;',
    replace: "return undefined;",
    test: { file: "test/attacks/hello.test.ts", name: "A16: a hello without end" },
  },
  {
    row: "A16",
    what: "answers that nobody reads are bounded for each caller",
    file: "admin-api/server.ts",
    find: "if (unread.take(by, bytes, reply.raw)) return payload;",
    replace: "if (by !== null) return payload;",
    test: { file: "test/component/admin-api/unread-answers.test.ts", name: "asks for and does not read is bounded" },
  },
  {
    row: "A16",
    what: "what cuts is written before all that waits",
    file: "store/turn.ts",
    find: "const lane = lanes.find((name) => this.#lanes[name].size > 0);",
    replace: "const lane = lanes.findLast((name) => this.#lanes[name].size > 0);",
    test: { file: "test/component/store/turn.test.ts", name: "let go first what cuts" },
  },
  {
    row: "A16",
    what: "who comes from a network of theirs signs in however many strangers wait",
    file: "admin-api/waiting-room.ts",
    find: "if (most === 0 || (!known && most <= own + 1)) return false;",
    replace: "if (most === 0 || most <= own + 1) return false;",
    test: { file: "test/component/admin-api/waiting-room.test.ts", name: "come from where their account's owner" },
  },
  {
    row: "A16",
    what: "guesses at one account from many networks come to an end",
    file: "admin-api/sign-in-budget.ts",
    find: "if (!known) this.#elsewhere.check(login, now);",
    replace: "",
    test: {
      file: "test/component/admin-api/sign-in-budget.test.ts",
      name: "over all networks from which its owner never came",
    },
  },
  {
    row: "A16",
    what: "a guess at a passkey's sign-in writes nothing",
    file: "authority/sign-in.ts",
    find: 'if (!ceremony || ceremony.used_at !== null) throw new GenkanError("ceremony-invalid");',
    replace:
      'if (!ceremony || ceremony.used_at !== null) return c.store.change(() => Promise.reject(new GenkanError("ceremony-invalid")));',
    test: { file: "test/component/admin-api/refused-often.test.ts", name: "writes nothing but that share" },
  },
  {
    row: "A16",
    what: "a peer that does not finish its handshake is given up",
    file: "link/handshake.ts",
    find: "Math.max(1, timeoutMs)",
    replace: "3_600_000",
    test: { file: "test/unit/link/pinned-tls.test.ts", name: "gives up on a peer that does not finish" },
  },
  {
    row: "A17",
    what: "no two sealed values have one salt",
    file: "crypto/sealed.ts",
    find: "const salt = randomBytes(32);",
    replace: "const salt = Buffer.alloc(32, 7);",
    test: { file: "test/unit/crypto/sealed.test.ts", name: "never has the same salt or nonce twice (A17)" },
  },
  {
    row: "A17",
    what: "what is sealed can't be read",
    file: "crypto/sealed.ts",
    find: 'return `v1.${salt.toString("base64url")}.${sealed.toString("base64url")}`;',
    replace: 'return `v1.${salt.toString("base64url")}.${sealed.toString("base64url")}.${value}`;',
    test: { file: "test/attacks/authority/at-rest.test.ts", name: "A17: in the store's files" },
  },
  {
    row: "A17",
    what: "tokens of browsers are kept as hashes",
    file: "authority/sign-in.ts",
    find: "token_hash: sha256(token),",
    replace: "token_hash: token,",
    test: { file: "test/attacks/authority/at-rest.test.ts", name: "A17: in the store's files" },
  },
  {
    row: "A17",
    what: "join tokens are kept as hashes",
    file: "authority/register.ts",
    find: "tokenHash: sha256(token),",
    replace: "tokenHash: token,",
    test: { file: "test/attacks/authority/at-rest.test.ts", name: "A17: in the store's files" },
  },
  {
    row: "A17",
    what: "an agent's key is for its user alone",
    file: "agent/durable-file.ts",
    find: 'this.#file = told(() => openSync(this.#draft, "w", 0o600));',
    replace: 'this.#file = told(() => openSync(this.#draft, "w", 0o644));',
    test: { file: "test/component/agent/agent.test.ts", name: "a host joins once with its own key, which it keeps" },
  },
  {
    row: "A17",
    what: "a gateway does not run on a key that others may read",
    file: "gateway/key-file.ts",
    find: "if (fault !== null) throw",
    replace: "if (stats.mode === 0) throw",
    test: { file: "test/integration/programs/gateway.test.ts", name: "does not run on a key that is missing or open" },
  },
  {
    row: "A23",
    what: "a statement has one form, so that no two readers take it for different things",
    file: "crypto/statement.ts",
    find: 'if (JSON.stringify(value) !== text) throw new GenkanError(code, "It is not in its one form.");',
    replace: "",
    test: { file: "test/unit/crypto/statement.test.ts", name: "with a member that stands there twice are refused" },
  },
  {
    row: "A24",
    what: "a connection that fails ends that connection, not the gateway",
    file: "gateway/gateway.ts",
    find: 'else log.debug({ code }, "a connection was reset");',
    replace: "else throw error;",
    test: { file: "test/attacks/authority/crash.test.ts", name: "A24: a gateway bears any first bytes" },
  },
  {
    row: "A24",
    what: "a breach of the control link's layout ends the link, not the program",
    file: "link/control-link.ts",
    find: `    } catch (error) {
      this.#end(error as GenkanError);
    }
  }

  #ended(): void {`,
    replace: `    } catch (error) {
      throw error;
    }
  }

  #ended(): void {`,
    test: { file: "test/unit/link/control-link.test.ts", name: "a breach ends a control link" },
  },
  {
    row: "A24",
    what: "what an agent's message can't do is a refusal, not the end of the authority",
    file: "link/control-link.ts",
    find: "answer = encodeControlFrame({ re: id, error: this.#refusal(type, error) });",
    replace: "throw error;",
    test: { file: "test/attacks/authority/crash.test.ts", name: "A24: whatever an agent that joined says" },
  },
];
