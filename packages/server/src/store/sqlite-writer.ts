// The main thread's end of the writing worker: numbers the orders and settles each with its answer.
import { Worker } from 'node:worker_threads';
import { DatabaseError, type DatabaseErrorKind, type Group, type Value } from './database.ts';
import { databaseError } from './sqlite-error.ts';
import { Packer, type Parcel } from './sqlite-parcel.ts';

/** Work that waits for the thread: far above what the committer and the modules have under way. */
const waitingOrders = 10_000;

type Work =
  | { readonly work: 'run'; readonly sql: string; readonly args: readonly Value[] }
  | { readonly work: 'transaction'; readonly parcel: Parcel }
  | { readonly work: 'close' };

export type Order = Work & { readonly id: number };

/** Order 0 is the opening of the file. */
export interface Answer {
  readonly id: number;
  readonly done?: number | boolean[];
  readonly failed?: { readonly kind: DatabaseErrorKind; readonly message: string };
}

interface Waiting {
  resolve(value: number | boolean[]): void;
  reject(error: DatabaseError): void;
}

export class SqliteWriter {
  readonly #worker: Worker;
  readonly #packer = new Packer();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Set once no further order can be taken. */
  #over: DatabaseError | undefined;
  #closed: Promise<void> | undefined;
  /** Resolves when the file is open; rejects with a DatabaseError. */
  readonly opened: Promise<unknown>;

  constructor(path: string, program = new URL('./sqlite.worker.ts', import.meta.url)) {
    this.#worker = new Worker(program, { workerData: path });
    this.opened = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (cause) => this.#fail('the thread that writes failed', cause));
    this.#worker.on('messageerror', (cause) => this.#fail('the thread that writes was not understood', cause));
    this.#worker.on('exit', () => this.#fail('the thread that writes ended'));
  }

  async run(sql: string, args: readonly Value[]): Promise<number> {
    // A view on a large buffer would take all of it along.
    const own = args.map((arg) => (arg instanceof Uint8Array ? arg.slice() : arg));
    return (await this.#order({ work: 'run', sql, args: own })) as number;
  }

  async transaction(groups: readonly Group[]): Promise<boolean[]> {
    const { parcel, transfer } = this.#packer.pack(groups);
    return (await this.#order({ work: 'transaction', parcel }, transfer)) as boolean[];
  }

  /** After all orders given before. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#over !== undefined) return;
    const done = this.#order({ work: 'close' });
    this.#over = new DatabaseError('closed', 'the database is closed');
    try {
      await done;
    } finally {
      await this.#worker.terminate();
    }
  }

  #order(work: Work, transfer: ArrayBuffer[] = []): Promise<number | boolean[]> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#waiting.size >= waitingOrders && work.work !== 'close') {
      return Promise.reject(new DatabaseError('busy', 'too much work waits for the database'));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      try {
        this.#worker.postMessage({ ...work, id }, transfer);
        this.#waiting.set(id, { resolve, reject });
      } catch (error) {
        reject(databaseError(error));
      }
    });
  }

  #settle({ id, done, failed }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failed !== undefined) waiting?.reject(new DatabaseError(failed.kind, failed.message));
    else if (done !== undefined) waiting?.resolve(done);
  }

  #fail(message: string, cause?: unknown): void {
    const error = new DatabaseError('closed', message, { cause });
    this.#over ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    void this.#worker.terminate();
  }
}
