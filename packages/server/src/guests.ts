/** Guests who have not spoken: a name and a token in memory, nothing else anywhere. */
import { Lru } from './lru.ts';
import type { Runtime } from './runtime.ts';
import type { Who } from './session.ts';

const cap = 10_000;
const lifetimeMs = 86_400_000;

interface Guest {
  who: Who;
  until: number;
}

export class Guests {
  readonly #runtime: Pick<Runtime, 'now'>;
  readonly #byToken = new Lru<string, Guest>(cap);
  /** Tokens by the guest's name. */
  readonly #tokens = new Lru<string, string>(cap);

  constructor(runtime: Pick<Runtime, 'now'>) {
    this.#runtime = runtime;
  }

  add(tokenHash: Uint8Array, who: Who): void {
    const token = tokenHash.toHex();
    this.#byToken.set(token, { who, until: this.#runtime.now() + lifetimeMs });
    this.#tokens.set(who.person.name, token);
  }

  nameTaken(name: string): boolean {
    const token = this.#tokens.get(name);
    return token !== undefined && this.#alive(token) !== undefined;
  }

  resume(tokenHash: Uint8Array): Who | undefined {
    return this.#alive(tokenHash.toHex())?.who;
  }

  /** The guest is in the database from now on, or has left; returns the hash of the token. */
  take({ person }: Who): Uint8Array | undefined {
    const token = this.#tokens.get(person.name);
    if (token === undefined || this.#byToken.get(token)?.who.person !== person) return undefined;
    this.#byToken.delete(token);
    this.#tokens.delete(person.name);
    return Uint8Array.fromHex(token);
  }

  #alive(token: string): Guest | undefined {
    const found = this.#byToken.get(token);
    return found && found.until > this.#runtime.now() ? found : undefined;
  }
}
