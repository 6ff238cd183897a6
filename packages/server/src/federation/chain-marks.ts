/**
 * The chain at places in a log, so that any range of it can be held against what follows. It is kept at every 128th
 * entry, from the first time that somebody asks.
 */
import { type Crypto, nextChain, zeroHash } from '@parley/room';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/store.ts';

const apart = 128;

export interface ChainMarksOptions {
  readonly store: Pick<Store, 'entry' | 'foreign'>;
  readonly crypto: Crypto;
  readonly runtime: Pick<Runtime, 'nextTurn'>;
}

export class ChainMarks {
  readonly #options: ChainMarksOptions;
  /** Of rooms that are being gone through. */
  readonly #running = new Map<number, Promise<void>>();

  constructor(options: ChainMarksOptions) {
    this.#options = options;
  }

  /** The chain before the entry at `seq`, which must be on disk with all before it. */
  async before({ n }: Pick<LoadedRoom, 'n'>, seq: number): Promise<Uint8Array> {
    const { store } = this.#options;
    const base = Math.floor((seq - 1) / apart) * apart;
    let mark = base === 0 ? zeroHash : await store.foreign.mark(n, base);
    while (!mark) {
      await this.#mark(n, base);
      mark = await store.foreign.mark(n, base);
    }
    return seq - 1 === base ? mark : this.#extend(n, mark, { from: base + 1, to: seq - 1 });
  }

  #mark(n: number, to: number): Promise<void> {
    const running = this.#running.get(n);
    if (running) return running;
    const done = this.#run(n, to).finally(() => this.#running.delete(n));
    this.#running.set(n, done);
    return done;
  }

  async #run(n: number, to: number): Promise<void> {
    const { store, runtime } = this.#options;
    let { seq, chain } = (await store.foreign.lastMark(n, to)) ?? { seq: 0, chain: zeroHash };
    while (seq < to) {
      chain = await this.#extend(n, chain, { from: seq + 1, to: seq + apart });
      seq += apart;
      await store.foreign.putMark(n, seq, chain);
      await new Promise<void>((resolve) => void runtime.nextTurn(resolve));
    }
  }

  async #extend(n: number, chain: Uint8Array, range: { from: number; to: number }): Promise<Uint8Array> {
    const { store, crypto } = this.#options;
    const records = await store.entry.forwards(n, range, apart, false);
    if (records.length !== range.to - range.from + 1) throw new Error('a log has a gap');
    return records.reduce((last, { header }) => nextChain(crypto, last, header), chain);
  }
}
