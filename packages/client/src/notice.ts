/** What those who run the server say to everybody; asked for from the first time it is read. */
import type { Reply, ServerEvent, ServerNotice } from '@parley/protocol';
import type { Readable } from './api.ts';
import { value } from './readable.ts';

export interface NoticePort {
  online(): boolean;
  ask(): Promise<Reply<'notice.get'>>;
}

export class Notice {
  readonly #port: NoticePort;
  readonly #value = value<ServerNotice | undefined>(undefined);
  #isWanted = false;
  /** Grows with what is told: an answer that was under way meanwhile is older. */
  #told = 0;

  constructor(port: NoticePort) {
    this.#port = port;
  }

  get value(): Readable<ServerNotice | undefined> {
    if (!this.#isWanted) {
      this.#isWanted = true;
      this.opened();
    }
    return this.#value;
  }

  /** A new connection: it may be another one by now. */
  opened(): void {
    if (!this.#isWanted || !this.#port.online()) return;
    const told = this.#told;
    this.#port.ask().then(
      ({ notice }) => told === this.#told && this.#set(notice),
      // A server that has none to tell, or the next connection asks again.
      () => undefined,
    );
  }

  take(event: ServerEvent): void {
    if (event.event !== 'notice.changed') return;
    this.#told += 1;
    this.#set(event.payload.notice);
  }

  clear(): void {
    this.#told += 1;
    this.#set(undefined);
  }

  #set(notice: ServerNotice | undefined): void {
    const held = this.#value.get();
    if (held?.at !== notice?.at || held?.text !== notice?.text) this.#value.set(notice);
  }
}
