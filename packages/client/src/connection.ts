/** One link spoken over: requests that are answered by id, and events. Ends with its link; a new one is made to go on. */
import type { CloseReason, Link } from '@parley/link';
import {
  check,
  decodeServerFrame,
  type ErrorBody,
  encodeFrame,
  eventTypes,
  isErrorCode,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  requestTypes,
  type ServerEvent,
} from '@parley/protocol';
import type { Runtime } from './api.ts';
import { pendingRequests, quietMs, requestMs } from './limits.ts';

export interface Asking<N extends RequestName> {
  signal?: AbortSignal | undefined;
  /** Called in the moment that the reply is read, before any later frame: where its order among events matters. */
  taken?: ((reply: Reply<N>) => void) | undefined;
}

interface Pending {
  name: RequestName;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

export class Connection {
  readonly #link: Link;
  readonly #runtime: Runtime;
  readonly #onEvent: (event: ServerEvent) => void;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #heardAt: number;
  #sending: Promise<void> = Promise.resolve();
  #cancelWatch: (() => void) | undefined;
  #over = false;
  /** Resolves when the link is over and nothing is pending any more. */
  readonly closed: Promise<CloseReason>;

  constructor(link: Link, runtime: Runtime, onEvent: (event: ServerEvent) => void) {
    this.#link = link;
    this.#runtime = runtime;
    this.#onEvent = onEvent;
    this.#heardAt = runtime.elapsed();
    this.closed = this.#read();
    this.#watch();
  }

  get over(): boolean {
    return this.#over;
  }

  /** Rejects with the server's Refusal, `unavailable` when the link ends or nothing comes in time, or the signal's reason. */
  request<N extends RequestName>(name: N, payload: Payload<N>, asking: Asking<N> = {}): Promise<Reply<N>> {
    const { signal, taken } = asking;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#over) return Promise.reject(new Refusal('unavailable'));
    if (this.#pending.size >= pendingRequests) return Promise.reject(new Refusal('too-many'));
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const sentAt = this.#runtime.elapsed();
    const cancelTimer = this.#runtime.setTimer(() => this.#late(id, sentAt), requestMs);
    const onAbort = () => this.#settle(id)?.reject(signal?.reason);
    const release = () => {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
    };
    this.#pending.set(id, {
      name,
      resolve(reply) {
        release();
        taken?.(reply as Reply<N>);
        resolve(reply);
      },
      reject(error) {
        release();
        reject(error);
      },
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#sending = this.#sending.then(() => this.#send(id, name, payload));
    return promise as Promise<Reply<N>>;
  }

  close(reason: CloseReason): void {
    this.#link.close(reason);
  }

  async #send(id: number, request: string, payload: unknown): Promise<void> {
    if (!this.#pending.has(id)) return;
    try {
      await this.#link.send(encodeFrame(this.#link.encoding, { id, request, payload }));
    } catch (error) {
      const tooLarge = error instanceof Error && 'code' in error && error.code === 'too-large';
      this.#settle(id)?.reject(new Refusal(tooLarge ? 'too-large' : 'unavailable'));
    }
  }

  async #read(): Promise<CloseReason> {
    try {
      for await (const frame of this.#link.frames()) {
        this.#heardAt = this.#runtime.elapsed();
        this.#take(frame);
      }
    } catch (error) {
      this.#link.close(error instanceof Refusal ? 'bad-frame' : 'failed');
      // A fault of ours must not pass for a bad connection.
      if (!(error instanceof Refusal))
        queueMicrotask(() => {
          throw error;
        });
    } finally {
      this.#over = true;
      this.#cancelWatch?.();
      for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(new Refusal('unavailable'));
    }
    return this.#link.closed;
  }

  #take(bytes: Uint8Array): void {
    const frame = decodeServerFrame(this.#link.encoding, bytes);
    if ('event' in frame) {
      const type = eventTypes.get(frame.event);
      const checked = type && check(type.payload, frame.payload);
      if (checked?.ok) this.#onEvent({ event: frame.event, payload: checked.value } as ServerEvent);
      return;
    }
    const pending = this.#settle(frame.id);
    if (!pending) return;
    if ('error' in frame) {
      pending.reject(refusalOf(frame.error));
      return;
    }
    const type = requestTypes.get(pending.name);
    const checked = type && check(type.reply, frame.reply);
    if (checked?.ok) pending.resolve(checked.value);
    else pending.reject(new Refusal('bad-frame', checked ? { field: checked.field } : {}));
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #late(id: number, sentAt: number): void {
    this.#settle(id)?.reject(new Refusal('unavailable'));
    if (this.#heardAt < sentAt) this.#link.close('lost');
  }

  /** A page sees no heartbeat of the transport, so silence is broken by asking. */
  #watch(): void {
    const left = this.#heardAt + quietMs - this.#runtime.elapsed();
    this.#cancelWatch = this.#runtime.setTimer(
      () => {
        if (this.#over) return;
        if (this.#runtime.elapsed() - this.#heardAt >= quietMs) this.request('session.ping', {}).catch(() => {});
        this.#watch();
      },
      left > 0 ? left : quietMs,
    );
  }
}

/** What an error frame says, as the error that callers get; a code of a later version reads as `internal`. */
function refusalOf(error: ErrorBody): Refusal {
  const { retryAfterMs, id, field } = error;
  return new Refusal(isErrorCode(error.code) ? error.code : 'internal', {
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(typeof id === 'string' && { id }),
    ...(typeof field === 'string' && { field }),
  });
}
