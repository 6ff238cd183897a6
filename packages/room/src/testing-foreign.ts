// Other servers with people of their own, which stamp, number and sign what they do in one room. For tests alone.
import { limits, type Position, serverOf } from '@parley/protocol';
import { type Act, encodeAct } from './act.ts';
import { endsBatch, signBatch } from './batch.ts';
import { type Crypto, zeroHash } from './crypto.ts';
import { type Envelope, encodeStamp, hashOfEnvelope } from './envelope.ts';
import type { Origin } from './state.ts';
import { ada, Book, ben, cryptoOf, everyRoom, type Fields, person } from './testing.ts';

type Wanted = Fields & { after?: Position; room?: string | null };

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
    return this.stamp({ room: this.#room, user, device: 'd', clientId, kind, parts: [], ...fields }, after);
  }

  /** An act as the next envelope of this server. */
  stamp(act: Act, after: Position): Envelope {
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

/** A room with people of three servers. Batches of the other two are as long as they may be, or end at every third number. */
export class Union extends Book {
  readonly servers: Foreign[] = [2, 3].map((seed) => new Foreign(seed, this.state.id));
  readonly #open = new Map<Foreign, number>();

  /** Runs what somebody of any server does; the outcome as one word. */
  override try(user: string, kind: string, fields: Fields = {}): string {
    const server = this.servers.find((each) => each.server === serverOf(user));
    if (!server) return super.try(user, kind, fields);
    if (server.last.oseq > 20 && !this.#open.has(server)) server.restart();
    const envelope = server.stamp(this.act(user, kind, fields), this.state.head);
    const target = { kind: kind === 'unreact' ? 'react' : 'message', gone: false };
    const { oseq } = envelope.stamp;
    const standing = oseq % 11 === 0 ? { standing: { term: 1, seq: 1 } } : {};
    const isEnd = endsBatch(kind) || oseq % 3 === 0 || (this.#open.get(server) ?? 0) + 1 >= limits.batchEnvelopes;
    const signature = isEnd ? server.sign() : null;
    const { outcome } = this.step({ type: 'envelope', ...envelope, facts: { target, ...standing }, signature });
    if (isEnd) this.#open.delete(server);
    else this.#open.set(server, (this.#open.get(server) ?? 0) + 1);
    return outcome?.type === 'tombstone' ? outcome.code : 'entry';
  }

  /** Ends every batch. */
  close(): void {
    for (const server of [...this.#open.keys()])
      this.try(server.person(1), 'pin', { target: { user: ada, clientId: 'c1' } });
  }
}

/** A test over rooms in which people of three servers do random things, most of them refused. */
export function everyUnion(name: string, check: (book: Union) => void, numRuns = 25): void {
  const people = [ada, ben, ...[2, 3].flatMap((seed) => [1, 2].map((n) => person(n, cryptoOf(seed).server)))];
  everyRoom(name, { open: () => new Union(), people, check, numRuns });
}
