/** How far others have read in a room. Asked for when somebody first looks, then kept up by events and by what they say. */
import { limits, type Payload, type RawEntry, type Reply } from '@parley/protocol';
import type { Readable, Reader } from './api.ts';
import { derived } from './readable.ts';
import { watched } from './watched.ts';

export interface ReceiptPort {
  ask(): Promise<Reply<'receipt.list'>>;
  me(): string | undefined;
  /** How many the room has. */
  members(): number;
}

export class ReceiptMap {
  readonly #port: ReceiptPort;
  readonly #readers = new Map<string, Reader>();
  readonly #view = derived<ReadonlyMap<string, Reader>>(() =>
    this.#port.members() > limits.receiptMembers ? new Map() : new Map(this.#readers),
  );
  #wanted = false;
  readonly readable: Readable<ReadonlyMap<string, Reader>>;

  constructor(port: ReceiptPort) {
    this.#port = port;
    this.readable = watched(this.#view, () => this.#want());
  }

  changed({ readers }: Payload<'receipt.changed'>): void {
    if (!this.#wanted) return;
    for (const { user, name, seq } of readers) {
      if (seq === 0) this.#readers.delete(user);
      else if (this.#readers.has(user) || this.#mayHold(user)) this.#readers.set(user, { user, name, seq });
    }
    this.#view.touch();
  }

  /** Who says something has read up to there, unless they do not tell; who is gone reads nothing. */
  applied(entries: readonly RawEntry[]): void {
    let isChanged = false;
    for (const { kind, user, seq, data } of entries) {
      const held = this.#readers.get(user);
      if (kind === 'message' && held && held.seq < seq) {
        this.#readers.set(user, { ...held, seq });
        isChanged = true;
      } else if (kind === 'member') {
        const { change, subject } = (data ?? {}) as { change?: unknown; subject?: unknown };
        const isGone = change === 'leave' || change === 'kick' || change === 'ban';
        if (isGone && typeof subject === 'string') this.#readers.delete(subject);
        isChanged = true;
      }
    }
    if (isChanged && this.#wanted) this.#view.touch();
  }

  /** On a new connection: what was known may be old. */
  refresh(): void {
    if (!this.#wanted) return;
    this.#port.ask().then(
      ({ readers }) => {
        this.#readers.clear();
        this.changed({ room: '', readers });
      },
      () => {},
    );
  }

  #mayHold(user: string): boolean {
    return user !== this.#port.me() && this.#readers.size < limits.receiptMembers;
  }

  #want(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.refresh();
  }
}
