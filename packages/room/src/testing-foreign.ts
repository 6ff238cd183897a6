// Another server with people of its own, which stamps, numbers and signs what they do in one room. For tests alone.
import type { Position } from '@parley/protocol';
import { type Act, encodeAct } from './act.ts';
import { signBatch } from './batch.ts';
import { type Crypto, zeroHash } from './crypto.ts';
import { type Envelope, encodeStamp, hashOfEnvelope } from './envelope.ts';
import type { Origin } from './state.ts';
import { cryptoOf, type Fields, person } from './testing.ts';

type Wanted = Fields & { after?: Position; device?: string; room?: string | null };

export class Foreign {
  readonly crypto: Crypto & { server: string; publicKey: Uint8Array };
  readonly server: string;
  /** Of the newest envelope. */
  last: Origin = { incarnation: 0, oseq: 0, hash: zeroHash };
  readonly #room: string;
  #drawn = 0;

  constructor(seed: number, room: string) {
    this.crypto = cryptoOf(seed);
    this.server = this.crypto.server;
    this.#room = room;
  }

  person(n: number): string {
    return person(n, this.server);
  }

  /** The next envelope of this server. */
  envelope(user: string, kind: string, { after = { term: 1, seq: 1 }, text: _, ...fields }: Wanted = {}): Envelope {
    const clientId = `f${++this.#drawn}`;
    const act: Act = { room: this.#room, user, device: 'd', clientId, kind, parts: [], ...fields };
    const { incarnation, oseq, hash } = this.last;
    const stamp = { origin: this.server, incarnation, oseq: oseq + 1, prev: hash, after };
    const envelope = { stamp, stampBytes: encodeStamp(stamp), act, actBytes: encodeAct(act) };
    this.last = { incarnation, oseq: oseq + 1, hash: hashOfEnvelope(this.crypto, envelope) };
    return envelope;
  }

  /** The signature of a batch that ends with the newest envelope. */
  sign(): Uint8Array {
    return signBatch(this.crypto, 'test', this.#room, this.last);
  }

  /** Begins a new numbering, as after a restore. */
  restart(): void {
    this.last = { incarnation: this.last.incarnation + 1, oseq: 0, hash: zeroHash };
  }
}
