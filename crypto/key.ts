/** Key objects of node:crypto, for the few parts outside this folder that hold one. */
export { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
