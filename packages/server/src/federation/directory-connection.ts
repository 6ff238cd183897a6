/** A connection to a directory: requests with their replies, and the events between them. */
import { type Link, LinkClosed } from '@parley/link';
import {
  check,
  type DirectoryEvent,
  type DirectoryPayload,
  type DirectoryReply,
  type DirectoryRequest,
  decodeServerFrame,
  directory,
  encodeFrame,
  isErrorCode,
  Refusal,
} from '@parley/protocol';
import type { Runtime } from '../runtime.ts';

/** A directory that does not answer within this is given up. */
const answerMs = 30_000;

interface Waiting {
  readonly name: DirectoryRequest;
  readonly cancel: () => void;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

export class DirectoryConnection {
  /** Resolves when the connection is over. Never rejects. */
  readonly closed: Promise<unknown>;
  readonly #link: Link;
  readonly #runtime: Pick<Runtime, 'setTimer'>;
  readonly #onEvent: (event: DirectoryEvent) => void;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #isOver = false;

  constructor(link: Link, runtime: Pick<Runtime, 'setTimer'>, onEvent: (event: DirectoryEvent) => void) {
    this.#link = link;
    this.#runtime = runtime;
    this.#onEvent = onEvent;
    this.closed = this.#read();
  }

  /** Rejects with the Refusal of the directory, or with LinkClosed. */
  async request<N extends DirectoryRequest>(name: N, payload: DirectoryPayload<N>): Promise<DirectoryReply<N>> {
    if (this.#isOver) throw new LinkClosed('lost');
    const id = ++this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const cancel = this.#runtime.setTimer(() => this.#link.close('idle'), answerMs);
    this.#waiting.set(id, { name, cancel, resolve, reject });
    this.#link.send(encodeFrame('cbor', { id, request: name, payload })).catch(() => {});
    return promise as Promise<DirectoryReply<N>>;
  }

  close(): void {
    this.#link.close('going-away');
  }

  async #read(): Promise<void> {
    try {
      for await (const bytes of this.#link.frames()) this.#take(bytes);
    } catch {
      this.#link.close('bad-frame');
    }
    this.#isOver = true;
    const reason = await this.#link.closed;
    for (const { cancel, reject } of this.#waiting.values()) {
      cancel();
      reject(new LinkClosed(reason));
    }
    this.#waiting.clear();
  }

  /** Throws a Refusal when the directory says what no directory says. */
  #take(bytes: Uint8Array): void {
    const frame = decodeServerFrame('cbor', bytes);
    if ('event' in frame) {
      const type = Object.hasOwn(directory, frame.event) ? directory[frame.event as keyof typeof directory] : undefined;
      // One of a newer directory is passed over.
      if (type?.kind !== 'event') return;
      this.#onEvent({ event: frame.event, payload: checked(type.payload, frame.payload) } as DirectoryEvent);
      return;
    }
    const waiting = this.#waiting.get(frame.id);
    if (!waiting) return;
    waiting.cancel();
    this.#waiting.delete(frame.id);
    if ('error' in frame) {
      const { code, retryAfterMs } = frame.error;
      const detail = Number.isSafeInteger(retryAfterMs) ? { retryAfterMs: retryAfterMs! } : {};
      waiting.reject(new Refusal(isErrorCode(code) ? code : 'internal', detail));
    } else waiting.resolve(checked(directory[waiting.name].reply, frame.reply));
  }
}

function checked(schema: Parameters<typeof check<unknown>>[0], value: unknown): unknown {
  const result = check<unknown>(schema, value);
  if (!result.ok) throw new Refusal('bad-frame', { field: result.field });
  return result.value;
}
