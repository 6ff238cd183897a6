/**
 * Messages to a key: sealed and opened here, by a key that the application hands in, so that no server reads them. They
 * are in memory alone; who is not there now gets nothing.
 */
import {
  type KeyPurpose,
  keyProof,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  type ServerEvent,
  toBase32,
} from '@parley/protocol';
import type { KeyMessage, OwnKey, Runtime } from './api.ts';
import { queued } from './event-queue.ts';
import { keyMessagesKnown, queuedEvents } from './limits.ts';
import { unhurried } from './wait.ts';

export interface KeysPort {
  readonly runtime: Runtime;
  request<N extends RequestName>(name: N, payload: Payload<N>): Promise<Reply<N>>;
  /** Id of the server that one is connected to. */
  server(): string | undefined;
  online(): boolean;
}

interface Inbox {
  readonly own: OwnKey;
  readonly take: (message: KeyMessage) => void;
  /** It comes to an end with this error. */
  readonly fail: (error: unknown) => void;
}

export class KeyMessages {
  readonly #port: KeysPort;
  readonly #inboxes = new Set<Inbox>();
  /** Ids of messages that were opened: a server that repeats one is not heard. */
  readonly #known = new Set<string>();
  /** A connection has one challenge at a time. */
  #proving: Promise<unknown> = Promise.resolve();
  #stop = new AbortController();

  constructor(port: KeysPort) {
    this.#port = port;
  }

  /** Resolves when the server has it that this connection is at the key. */
  async listen(own: OwnKey, signal?: AbortSignal): Promise<AsyncIterable<KeyMessage>> {
    const failed = new AbortController();
    const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    const early: KeyMessage[] = [];
    let take = (message: KeyMessage): void => void early.push(message);
    const inbox: Inbox = { own, take: (message) => take(message), fail: (error) => failed.abort(error) };
    this.#inboxes.add(inbox);
    const stop = (): void => {
      if (!this.#inboxes.delete(inbox)) return;
      const isLast = [...this.#inboxes].every((other) => !isSame(other.own.key, own.key));
      if (isLast && this.#port.online()) this.#port.request('key.unlisten', { key: own.key }).catch(() => {});
    };
    try {
      await this.#prove(own);
    } catch (error) {
      stop();
      throw error;
    }
    const listen = (given: (message: KeyMessage) => void): (() => void) => {
      take = given;
      for (const message of early.splice(0)) given(message);
      return stop;
    };
    ended.addEventListener('abort', stop, { once: true });
    return follow(queued(listen, queuedEvents, ended), failed.signal);
  }

  /** Resolves when somebody at the key has opened it. Refuses with `nobody-there`, `unavailable`, `too-fast`. */
  async send(own: OwnKey, to: Uint8Array, message: { text: string; name?: string }): Promise<{ deliveredAt: number }> {
    const sealed = await own.seal(to, message);
    return this.#port.request('key.send', { key: to, sealed });
  }

  /** Has a key sign in to this account. */
  add(own: Pick<OwnKey, 'key' | 'sign'>, label: string): Promise<void> {
    return this.#inTurn(async () => {
      const signature = await this.#sign('add-key', own);
      await this.#port.request('account.addKey', { key: own.key, signature, label });
    });
  }

  /** A new connection is at the same keys. */
  opened(): void {
    const byKey = new Map([...this.#inboxes].map((inbox) => [toBase32(inbox.own.key), inbox.own]));
    for (const own of byKey.values()) this.#prove(own).catch((error) => this.#refused(own, error));
  }

  take(event: ServerEvent): void {
    if (event.event !== 'key.received') return;
    const { key, delivery, sealed } = event.payload;
    const inboxes = [...this.#inboxes].filter(({ own }) => isSame(own.key, key));
    if (inboxes[0]) this.#open(inboxes[0].own, inboxes, delivery, sealed).catch(() => {});
  }

  clear(): void {
    this.close();
    this.#stop = new AbortController();
    for (const { fail } of [...this.#inboxes]) fail(new Refusal('session-ended'));
  }

  /** Ends the timers. */
  close(): void {
    this.#stop.abort(new Refusal('unavailable'));
  }

  async #open(own: OwnKey, inboxes: Inbox[], delivery: Uint8Array, sealed: Uint8Array): Promise<void> {
    const message = await own.open(sealed);
    const id = `${toBase32(message.from)} ${toBase32(message.id)}`;
    if (!this.#known.has(id)) {
      this.#known.add(id);
      if (this.#known.size > keyMessagesKnown) this.#known.delete(this.#known.values().next().value!);
      for (const { take } of inboxes) take(message);
    }
    await this.#port.request('key.acknowledge', { delivery });
  }

  #prove(own: OwnKey): Promise<void> {
    return this.#inTurn(async () => {
      const signature = await this.#sign('listen', own);
      await this.#port.request('key.listen', { key: own.key, signature });
    });
  }

  /** One proof after another. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const proved = this.#proving.then(() => unhurried(this.#port.runtime, work, this.#stop.signal));
    this.#proving = proved.catch(() => {});
    return proved;
  }

  async #sign(purpose: KeyPurpose, own: Pick<OwnKey, 'sign'>): Promise<Uint8Array> {
    const { request, server } = this.#port;
    const id = server();
    if (id === undefined) throw new Refusal('unavailable');
    const { challenge } = await request('session.challenge', { purpose });
    return own.sign(keyProof(purpose, id, challenge));
  }

  /** A connection that is lost is followed by another one; anything else is the end. */
  #refused(own: OwnKey, error: unknown): void {
    if (error instanceof Refusal && error.code === 'unavailable') return;
    for (const { own: other, fail } of [...this.#inboxes]) if (isSame(other.key, own.key)) fail(error);
  }
}

async function* follow(
  messages: AsyncIterable<KeyMessage>,
  failed: AbortSignal,
): AsyncGenerator<KeyMessage, void, void> {
  yield* messages;
  failed.throwIfAborted();
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
