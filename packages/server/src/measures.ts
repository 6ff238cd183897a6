/** What a server measures of itself while its metrics are on; without them nothing is measured. */
import { Histogram } from './histogram.ts';
import type { Runtime } from './runtime.ts';
import type { Database, Value } from './store/database.ts';

const operations = ['read', 'write', 'transaction'] as const;
type Operation = (typeof operations)[number];

/** How often the event loop is looked at. */
const lookMs = 100;

export class Measures {
  /** How late the event loop comes to what is due. */
  readonly loopLag = new Histogram();
  /** From an entry's being on disk, or a signal's being given, to its being written to the last reader's socket. */
  readonly fanout = new Histogram();
  readonly database: Readonly<Record<Operation, Histogram>> = {
    read: new Histogram(),
    write: new Histogram(),
    transaction: new Histogram(),
  };

  /** Looks at the event loop from now on; returns what ends that. */
  watchLoop({ elapsed, setTimer }: Pick<Runtime, 'elapsed' | 'setTimer'>): () => void {
    let cancel = (): void => {};
    const wait = (): void => {
      const dueMs = elapsed() + lookMs;
      cancel = setTimer(() => {
        this.loopLag.observe((elapsed() - dueMs) / 1_000);
        wait();
      }, lookMs);
    };
    wait();
    return () => cancel();
  }

  /** The same database, with the time from each call to its result taken. */
  timed(db: Database, { elapsed }: Pick<Runtime, 'elapsed'>): Database {
    const timed = <T>(operation: Operation, ask: () => Promise<T>): Promise<T> => {
      const from = elapsed();
      const asked = ask();
      const done = (): void => this.database[operation].observe((elapsed() - from) / 1_000);
      asked.then(done, done);
      return asked;
    };
    return {
      all: <Row extends Record<string, Value>>(sql: string, args?: readonly Value[]) =>
        timed('read', () => db.all<Row>(sql, args)),
      run: (sql, args) => timed('write', () => db.run(sql, args)),
      transaction: (groups) => timed('transaction', () => db.transaction(groups)),
      close: () => db.close(),
    };
  }
}
