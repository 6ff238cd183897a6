/** Guests who have not spoken: a name and a token in memory, nothing else anywhere. */
import { Lru } from './lru.ts';
import type { Runtime } from './runtime.ts';
import type { Who } from './session.ts';

const cap = 10_000;
const lifetimeMs = 86_400_000;

export class Guests {
  readonly #runtime: Runtime;
  readonly #byToken = new Lru<string, { who: Who; until: number }>(cap);
  readonly #names = new Lru<string, number>(cap);

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** @param tokenHash in hex */
  add(tokenHash: string, who: Who): void {
    const until = this.#runtime.now() + lifetimeMs;
    this.#byToken.set(tokenHash, { who, until });
    this.#names.set(who.person.name, until);
  }

  nameTaken(name: string): boolean {
    return (this.#names.get(name) ?? 0) > this.#runtime.now();
  }

  resume(tokenHash: string): Who | undefined {
    const found = this.#byToken.get(tokenHash);
    return found && found.until > this.#runtime.now() ? found.who : undefined;
  }

  /** The guest spoke and is in the database now, or left. */
  remove(tokenHash: string, name: string): void {
    this.#byToken.delete(tokenHash);
    this.#names.delete(name);
  }
}
