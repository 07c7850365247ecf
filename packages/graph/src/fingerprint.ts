/** Content addresses: canonical JSON, SHA-256, and the seed of a node. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

type NodeCrypto = {
  readonly hash: (name: string, data: string | Uint8Array, form: 'hex') => string;
};
type Process = { readonly getBuiltinModule?: (name: string) => NodeCrypto };

/** Node's own hash where there is one: a plan makes a key per step. */
const native = (globalThis as { process?: Process }).process?.getBuiltinModule?.('node:crypto');

/** SHA-256 of text (as UTF-8) or bytes, as 64 hexadecimal digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return native?.hash('sha256', data, 'hex') ?? portableSha256(data);
}

/** The same in plain JavaScript: what a browser uses. */
export function portableSha256(data: string | Uint8Array): string {
  return bytesToHex(sha256(typeof data === 'string' ? utf8ToBytes(data) : data));
}

/** JSON with sorted keys and no spaces, so that equal values have equal text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = value as Readonly<Record<string, unknown>>;
  let text = ''; // appended to, because a plan prints thousands
  for (const key of Object.keys(members).sort()) {
    if (members[key] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(members[key])}`;
  }
  return `{${text}}`;
}

/** The seed of a node: it depends on the graph's seed and the node's id alone, so adding a node changes no other node's numbers. */
export function deriveSeed(graphSeed: number, nodeId: string): number {
  return Number.parseInt(sha256Hex(`seed/${graphSeed}/${nodeId}`).slice(0, 8), 16);
}
