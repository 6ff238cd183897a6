/** The read marker of one room: moved at once here, told to the server as soon as it can be, once at a time. */
import { type Payload, type RawEntry, Refusal, type Reply } from '@parley/protocol';
import type { Runtime } from './api.ts';
import type { RoomLog } from './log.ts';
import { type Counts, counted, recounted } from './unread.ts';
import { sleep } from './wait.ts';

export interface MarkerPort {
  readonly runtime: Runtime;
  readonly log: RoomLog;
  online(): boolean;
  me(): string | undefined;
  set(payload: Payload<'marker.set'>, taken: (reply: Reply<'marker.set'>) => void): Promise<unknown>;
  changed(): void;
}

export class Marker {
  readonly #port: MarkerPort;
  #counts: Counts;
  /** Entries up to here are in the counts that the server gave. */
  #countedTo: number;
  #unsent: number | undefined;
  #sending = false;
  /** What was asked for and is not answered. */
  #underWay: number | undefined;

  constructor(port: MarkerPort, counts: Counts, unsent: number | undefined) {
    this.#port = port;
    this.#counts = counts;
    this.#countedTo = port.log.head.seq;
    this.#unsent = unsent;
  }

  get counts(): Counts {
    return this.#counts;
  }

  get unsent(): number | undefined {
    return this.#unsent;
  }

  /** The server's numbers as of the position `head`. A marker that was set meanwhile here goes on top if it is further. */
  follow({ marker, unread, mentions }: Counts, head: number): void {
    this.#counts = { marker, unread, mentions };
    this.#countedTo = head;
    if (this.#unsent !== undefined && this.#unsent <= marker) this.#unsent = undefined;
  }

  /** To be called after the log has taken the same sync. */
  followed(): void {
    if (this.#unsent !== undefined) this.#counts = this.#moved(this.#unsent, this.#counts);
    void this.#send();
  }

  /** Online again. */
  opened(): void {
    void this.#send();
  }

  applied(entries: readonly RawEntry[]): void {
    const me = this.#port.me();
    for (const entry of entries) if (entry.seq > this.#countedTo) this.#counts = counted(this.#counts, entry, me);
    this.#countedTo = Math.max(this.#countedTo, entries.at(-1)?.seq ?? 0);
    if (this.#unsent !== this.#underWay && (this.#unsent ?? 0) < this.#counts.marker) this.#unsent = undefined;
  }

  set(seq: number): void {
    if (seq === this.#counts.marker) return;
    this.#unsent = seq;
    this.#counts = this.#moved(seq, this.#counts);
    this.#port.changed();
    void this.#send();
  }

  /** Moved on another device, or confirmed. While a newer one of ours is under way, ours will win there. */
  changed(counts: Counts): void {
    if (this.#unsent !== undefined && this.#unsent !== counts.marker) return;
    this.#counts = this.#moved(counts.marker, counts);
    // The server has counted what waits to be applied here.
    if (this.#isBehind) this.#countedTo = Math.max(this.#countedTo, this.#port.log.heard);
    this.#port.changed();
  }

  /** Counted here where all rows after the marker are held, for then it is right at this very position. */
  #moved(marker: number, otherwise: Counts): Counts {
    const { log } = this.#port;
    if (this.#isBehind) return { marker, unread: otherwise.unread, mentions: otherwise.mentions };
    if (marker >= log.head.seq) return { marker, unread: 0, mentions: 0 };
    if (log.loaded && log.from <= marker + 1) return recounted(marker, log.rows, this.#port.me(), otherwise.mentions);
    return { marker, unread: otherwise.unread, mentions: otherwise.mentions };
  }

  /** The rows that are held are older than the counts. */
  get #isBehind(): boolean {
    const { log } = this.#port;
    return log.heard > log.head.seq || this.#countedTo > log.head.seq;
  }

  /** In its place among the events, so that a later move elsewhere stays the last. */
  #confirmed(seq: number, reply: Counts): void {
    // A newer one that waits will have its own answer; one that was given up will not.
    if (this.#unsent !== undefined && this.#unsent !== seq) return;
    this.#unsent = undefined;
    this.changed(reply);
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#unsent !== undefined && this.#port.online()) {
      const seq = this.#unsent;
      this.#underWay = seq;
      try {
        await this.#port.set({ room: this.#port.log.room, seq }, (reply) => this.#confirmed(seq, reply));
      } catch (error) {
        if (!(error instanceof Refusal) || !['too-fast', 'unavailable', 'internal'].includes(error.code)) {
          if (this.#unsent === seq) this.#unsent = undefined;
        } else if (this.#port.online()) {
          this.#underWay = undefined;
          await sleep(this.#port.runtime, error.detail.retryAfterMs ?? 1_000);
        }
      }
      this.#underWay = undefined;
    }
    this.#sending = false;
  }
}
