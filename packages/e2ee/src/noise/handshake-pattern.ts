/** A handshake pattern, read from its name: a base and modifiers for pre-shared keys [Noise §8.1, §9.4]. */
import { aeadTagBytes } from '../aead.ts';
import { x25519Bytes } from '../x25519.ts';
import { type PatternName, patterns } from './patterns.ts';

export type HandshakeRole = 'initiator' | 'responder';
export type Token = 'e' | 's' | 'ee' | 'es' | 'se' | 'ss' | 'psk';
/** `XX`, `IKpsk2`, `NNpsk0+psk2`. */
export type HandshakeName = PatternName | `${PatternName}psk${string}`;

export interface HandshakePattern {
  readonly name: HandshakeName;
  /** Whose static key the other side knows before. */
  readonly known: ReadonlySet<HandshakeRole>;
  /** Whose static key takes part. */
  readonly statics: ReadonlySet<HandshakeRole>;
  /** The initiator sends the first, and they take turns. */
  readonly messages: readonly (readonly Token[])[];
  /** How many pre-shared keys it takes. */
  readonly psks: number;
}

/** Throws a RangeError for a name that there is not. */
export function handshakePattern(name: HandshakeName): HandshakePattern {
  const [, base, modifiers] = /^([A-Z0-9]+)(psk\d(?:\+psk\d)*)?$/.exec(name) ?? [];
  if (base === undefined || !isPatternName(base)) throw new RangeError('no such handshake pattern');
  const lines: readonly string[] = patterns[base];
  const known = lines.slice(0, Math.max(0, lines.indexOf('...'))).map(sender);
  const sent = lines.slice(lines.indexOf('...') + 1);
  const messages = sent.map((line) => line.slice(3).split(', ') as Token[]);
  const psks = addPsks(messages, modifiers);
  const sending = sent.filter((_, i) => messages[i]!.includes('s')).map(sender);
  return { name, known: new Set(known), statics: new Set([...known, ...sending]), messages, psks };
}

/** Whether only the initiator may send, then and afterwards [Noise §7.4]. */
export const isOneWay = ({ messages }: HandshakePattern): boolean => messages.length === 1;

/** How much longer than its payload a message is, before which there is a key or none. */
export function overheadBytes(tokens: readonly Token[], hasKey: boolean, psks: number): number {
  let keyed = hasKey;
  let bytes = 0;
  for (const token of tokens) {
    if (token === 'e') bytes += x25519Bytes;
    else if (token === 's') bytes += staticBytes(keyed);
    if (token === 'e' ? psks > 0 : token !== 's') keyed = true;
  }
  return bytes + (keyed ? aeadTagBytes : 0);
}

/** The size of a static key in a message. */
export const staticBytes = (hasKey: boolean): number => x25519Bytes + (hasKey ? aeadTagBytes : 0);

const sender = (line: string): HandshakeRole => (line.startsWith('->') ? 'initiator' : 'responder');

function isPatternName(name: string): name is PatternName {
  return Object.hasOwn(patterns, name);
}

/** `psk0` goes before the first message’s tokens, `psk1` after them, `psk2` after the second’s [Noise §9.4]. */
function addPsks(messages: Token[][], modifiers: string | undefined): number {
  const places = modifiers?.split('+').map((modifier) => Number(modifier.slice(3))) ?? [];
  if (new Set(places).size !== places.length) throw new RangeError('the same modifier twice');
  for (const place of places) {
    const message = messages[Math.max(0, place - 1)];
    if (message === undefined) throw new RangeError('no such message for a pre-shared key');
    if (place === 0) message.unshift('psk');
    else message.push('psk');
  }
  return places.length;
}
