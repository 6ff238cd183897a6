// What a server with a key can make that no honest one would: acts, stamps and entries in the name of others.
import type { LogLine, Position } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  encodeAct,
  encodeHeader,
  encodeStamp,
  envelopeHash,
  readHeader,
  signBatch,
  type What,
  zeroHash,
} from '@parley/room';
import { createCrypto } from '@parley/server';
import type { Home } from '../home.ts';
import type { Random } from '../random.ts';

/** What is done, by whom. */
export type Deed = Pick<Act, 'user' | 'kind'> & Partial<Pick<Act, 'data' | 'target'>>;

const first: Position = { term: 0, seq: 0 };

export class Forger {
  readonly crypto: Crypto;
  readonly #id: string;
  readonly #random: Random;
  #drawn = 0;

  constructor({ identity }: Home, random: Random) {
    this.crypto = createCrypto(identity);
    this.#id = identity.id;
    this.#random = random;
  }

  /** Somebody of a server whom nobody knows. */
  stranger(server: string): string {
    const letters = Array.from({ length: 16 }, () => 'abcdefghijklmnopqrstuvwxyz234567'[this.#random.below(32)]);
    return `${letters.join('')}.${server}`;
  }

  act(room: string, deed: Deed): Act {
    return { room, device: '', clientId: `forged-${++this.#drawn}`, parts: [], ...deed };
  }

  /** A batch of one act, numbered as the first of an incarnation, signed by this server whoever is its origin. */
  batch(room: string, deed: Deed, { origin = this.#id, incarnation = this.#incarnation() } = {}) {
    const act = encodeAct(this.act(room, deed));
    const stamp = encodeStamp({ origin, incarnation, oseq: 1, prev: zeroHash, after: first });
    const hash = envelopeHash(this.crypto, stamp, this.crypto.sha256(act));
    const signature = signBatch(this.crypto, 'simulation', room, { incarnation, oseq: 1, hash });
    return { room, envelopes: [{ stamp, act, parts: [] }], signature, people: [] };
  }

  /** The entry of such an act right behind others. */
  entry(last: LogLine, room: string, deed: Deed, origin = this.#id): LogLine {
    const { envelopes, signature } = this.batch(room, deed, { origin });
    const { stamp, act } = envelopes[0]!;
    const decoded = { stampBytes: stamp, actBytes: act } as What & { type: 'envelope' };
    return this.#after(last, { ...decoded, type: 'envelope', signature });
  }

  /** An act of the clerk itself right behind others. */
  decree(last: LogLine, room: string, deed: Deed): LogLine {
    const act = this.act(room, deed);
    return this.#after(last, { type: 'clerk', act, actBytes: encodeAct(act) });
  }

  #after(last: LogLine, what: What): LogLine {
    const { pos, at } = readHeader(last.header);
    return { header: encodeHeader({ pos: { term: pos.term, seq: pos.seq + 1 }, at, what }), parts: [] };
  }

  /** Higher than any that was, and others than before. */
  #incarnation = (): number => 1_000 + ++this.#drawn;
}
