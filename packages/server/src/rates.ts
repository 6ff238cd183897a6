/** How much each account and each address may ask for. */
import { type Rate, Refusal } from '@parley/protocol';
import { limitedAddress } from './address.ts';
import { Buckets } from './bucket.ts';
import type { Limits, RateLimits } from './limits.ts';
import type { Session } from './session.ts';

type Table = Record<Rate, Buckets>;

export class Rates {
  readonly #account: Table;
  readonly #guest: Table;
  readonly #address: Table;

  /** @param elapsed a steady clock in ms */
  constructor(limits: Pick<Limits, 'rates' | 'bucketKeys'>, elapsed: () => number) {
    const table = (whose: keyof RateLimits): Table =>
      Object.fromEntries(
        Object.entries(limits.rates).map(([rate, of]) => [
          rate,
          new Buckets({ ...of[whose], maxKeys: limits.bucketKeys, elapsed }),
        ]),
      ) as Table;
    this.#account = table('account');
    this.#guest = table('guest');
    this.#address = table('address');
  }

  /** Refuses with `too-fast` and the time after which to try again. Operators move as much data as the disk takes. */
  charge(session: Session, rate: Rate): void {
    const { who } = session;
    const { kind, id, serverRole = 'user' } = who?.person ?? {};
    if (rate === 'bulk' && serverRole !== 'user') return;
    const own = kind === 'guest' ? this.#guest : this.#account;
    try {
      // First their own: what one of an office is refused costs the others nothing.
      if (id !== undefined) this.#take(own[rate], id);
      this.#take(this.#address[rate], session.limitedAddress);
    } catch (refusal) {
      session.tooFast = true;
      throw refusal;
    }
  }

  /** A try at one account's password from one address: whoever guesses keeps nobody out who comes from elsewhere. */
  chargeAttempt(name: string, address: string): void {
    this.#take(this.#account['sign-in'], `name/${name}/${limitedAddress(address)}`);
  }

  #take(buckets: Buckets, key: string): void {
    const taken = buckets.take(key);
    if (!taken.ok) throw new Refusal('too-fast', { retryAfterMs: taken.retryAfterMs });
  }
}
