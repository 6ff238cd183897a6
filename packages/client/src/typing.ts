/** Who types, and saying that one does. Never stored. */
import type { Payload } from '@parley/protocol';
import type { Readable, Runtime } from './api.ts';
import { typingMs, typists } from './limits.ts';
import { value } from './readable.ts';

export interface Typist {
  user: string;
  name: string;
}

/** The people who type in one room; each is taken off when their time is over, they say so, or they have spoken. */
export class TypingList {
  readonly #runtime: Runtime;
  readonly #typists = value<readonly Typist[]>([]);
  readonly #timers = new Map<string, () => void>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  get typists(): Readable<readonly Typist[]> {
    return this.#typists;
  }

  changed({ user, name, typing, expiresMs }: Payload<'typing.changed'>): void {
    this.#timers.get(user)?.();
    this.#timers.delete(user);
    if (!typing) {
      this.stopped(user);
      return;
    }
    if (this.#timers.size >= typists) return;
    this.#timers.set(
      user,
      this.#runtime.setTimer(() => this.stopped(user), expiresMs),
    );
    const held = this.#typists.get();
    if (!held.some((one) => one.user === user)) this.#typists.set([...held, { user, name }]);
  }

  stopped(user: string): void {
    this.#timers.get(user)?.();
    this.#timers.delete(user);
    const held = this.#typists.get();
    if (held.some((one) => one.user === user)) this.#typists.set(held.filter((one) => one.user !== user));
  }

  clear(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    if (this.#typists.get().length > 0) this.#typists.set([]);
  }
}

/** Says that one types in a room: when it begins, from time to time while it goes on, and when it ends. */
export class TypingSignal {
  readonly #runtime: Runtime;
  readonly #send: (typing: boolean) => void;
  #saidAt: number | undefined;
  #cancelIdle: (() => void) | undefined;

  constructor(runtime: Runtime, send: (typing: boolean) => void) {
    this.#runtime = runtime;
    this.#send = send;
  }

  set(typing: boolean): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    if (!typing) {
      if (this.#saidAt !== undefined) this.#send(false);
      this.#saidAt = undefined;
      return;
    }
    const now = this.#runtime.elapsed();
    if (this.#saidAt === undefined || now - this.#saidAt >= typingMs.between) {
      this.#saidAt = now;
      this.#send(true);
    }
    this.#cancelIdle = this.#runtime.setTimer(() => this.set(false), typingMs.idle);
  }

  /** Forgets that one types, without saying so: the message itself has said it, or nobody is there to hear. */
  forget(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    this.#saidAt = undefined;
  }
}
