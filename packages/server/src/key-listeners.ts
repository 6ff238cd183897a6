/**
 * Connections that get messages to a key, and messages on their way to one. Each is held in memory until a client says
 * that it has opened it, some seconds at most; nothing of it is written anywhere.
 */
import { Refusal, toBase32 } from '@parley/protocol';
import type { Hub } from './hub.ts';
import type { Limits } from './limits.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './session.ts';

export interface KeyListenersOptions {
  readonly hub: Hub;
  readonly runtime: Runtime;
  readonly limits: Pick<Limits, 'keysPerConnection' | 'keyDeliveries'>;
}

interface Delivery {
  readonly sessions: ReadonlySet<Session>;
  readonly done: (deliveredAt: number) => void;
}

/** From a message to its acknowledgement: a client opens it at once, over a bad mobile line. */
const acknowledgeMs = 5_000;

export class KeyListeners {
  readonly #options: KeyListenersOptions;
  readonly #byKey = new Map<string, Set<Session>>();
  readonly #bySession = new Map<Session, Set<string>>();
  readonly #underWay = new Map<string, Delivery>();

  constructor(options: KeyListenersOptions) {
    this.#options = options;
    options.hub.whenOut((session) => this.#out(session));
  }

  /** Whether a connection listens at a key already. */
  listens(session: Session, key: Uint8Array): boolean {
    return this.#byKey.get(toBase32(key))?.has(session) ?? false;
  }

  /** From now on; the connection has proven the key. Refuses with `too-many`. */
  listen(session: Session, key: Uint8Array): void {
    const name = toBase32(key);
    const own = this.#bySession.get(session) ?? new Set();
    if (own.has(name) || !this.#options.hub.all.has(session)) return;
    if (own.size >= this.#options.limits.keysPerConnection) throw new Refusal('too-many');
    this.#bySession.set(session, own.add(name));
    const sessions = this.#byKey.get(name);
    if (sessions) sessions.add(session);
    else this.#byKey.set(name, new Set([session]));
  }

  unlisten(session: Session, key: Uint8Array): void {
    this.#remove(session, toBase32(key));
  }

  isHeld(key: Uint8Array): boolean {
    return this.#byKey.has(toBase32(key));
  }

  /**
   * Hands a message to every connection that listens at a key; resolves with the time when the first has opened it.
   * Refuses with `nobody-there` when none does so in time, `unavailable` when too many are under way.
   */
  async deliver(key: Uint8Array, sealed: Uint8Array): Promise<number> {
    const { runtime, limits } = this.#options;
    const sessions = this.#byKey.get(toBase32(key));
    if (!sessions) throw new Refusal('nobody-there');
    if (this.#underWay.size >= limits.keyDeliveries) throw new Refusal('unavailable');
    const delivery = runtime.randomBytes(16);
    const id = delivery.toHex();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const cancel = runtime.setTimer(() => reject(new Refusal('nobody-there')), acknowledgeMs);
    this.#underWay.set(id, { sessions: new Set(sessions), done: resolve });
    for (const session of sessions) session.send('key.received', { key, delivery, sealed });
    try {
      return await promise;
    } finally {
      cancel();
      this.#underWay.delete(id);
    }
  }

  /** Refuses with `not-found` what this connection was not given, or too late. */
  acknowledge(session: Session, delivery: Uint8Array): void {
    const found = this.#underWay.get(delivery.toHex());
    if (!found?.sessions.has(session)) throw new Refusal('not-found');
    found.done(this.#options.runtime.now());
  }

  #out(session: Session): void {
    for (const name of [...(this.#bySession.get(session) ?? [])]) this.#remove(session, name);
  }

  #remove(session: Session, name: string): void {
    const own = this.#bySession.get(session);
    if (!own?.delete(name)) return;
    if (own.size === 0) this.#bySession.delete(session);
    const sessions = this.#byKey.get(name);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byKey.delete(name);
  }
}
