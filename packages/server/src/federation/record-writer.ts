/** Writes changed records down, many in one transaction, while nobody waits: what a crash loses is learnt again. */
import type { Log } from '../log.ts';
import type { ServerRecordStore, StoredServerRecord } from '../store/server-record.ts';

/** Half a megabyte in one transaction. */
const mostAtOnce = 256;

export class RecordWriter {
  readonly #store: Pick<ServerRecordStore, 'write'>;
  readonly #log: Log;
  /** What to write; undefined: the record is to go. */
  readonly #rowOf: (server: string) => StoredServerRecord | undefined;
  readonly #changed = new Set<string>();
  #writing: Promise<void> | undefined;

  constructor(
    store: Pick<ServerRecordStore, 'write'>,
    log: Log,
    rowOf: (server: string) => StoredServerRecord | undefined,
  ) {
    this.#store = store;
    this.#log = log;
    this.#rowOf = rowOf;
  }

  changed(server: string): void {
    this.#changed.add(server);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when everything is written, or could not be. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #write(): Promise<void> {
    // What changes in one go is written in one go.
    await Promise.resolve();
    while (this.#changed.size > 0) {
      const batch = [...this.#changed.values().take(mostAtOnce)];
      for (const server of batch) this.#changed.delete(server);
      const rows = batch.map((server) => this.#rowOf(server));
      const put = rows.filter((row) => row !== undefined);
      const removed = batch.filter((_server, i) => rows[i] === undefined);
      try {
        await this.#store.write(put, removed);
      } catch (error) {
        this.#log.error({ error }, 'records of servers could not be written');
        return;
      }
    }
  }
}
