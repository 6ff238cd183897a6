// Token buckets: a key may do `burst` things at once and gets `perMinute` more over time. What is spent is counted, not
// when; a bucket that is full again needs no memory.

export interface RateLimit {
  readonly burst: number;
  readonly perMinute: number;
}

interface BucketOptions extends RateLimit {
  /** Keys remembered; above it, the one unused for longest is forgotten, as if it were full again. */
  readonly maxKeys: number;
  /** A steady clock in ms. */
  readonly elapsed: () => number;
}

type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/** What sums of fractions may be off: who waits as long as told is never turned away again. */
const rounding = 1e-9;

interface Bucket {
  tokens: number;
  atMs: number;
}

export class Buckets {
  readonly #options: BucketOptions;
  /** In order of last use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes `cost` tokens, or none and tells when they will be there. What costs more than a full bucket takes it all. */
  take(key: string, cost = 1): Taken {
    const { burst, perMinute } = this.#options;
    const bucket = this.#filled(key);
    const price = Math.min(cost, burst);
    if (bucket.tokens + rounding < price) {
      return { ok: false, retryAfterMs: Math.ceil(((price - bucket.tokens) * 60_000) / perMinute) };
    }
    bucket.tokens -= price;
    return { ok: true };
  }

  #filled(key: string): Bucket {
    const { burst, perMinute, maxKeys, elapsed } = this.#options;
    const atMs = elapsed();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, atMs };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, atMs - bucket.atMs) * perMinute) / 60_000);
    bucket.atMs = atMs;
    // The order matters only once one of them may soon have to go.
    if (this.#buckets.size < maxKeys / 2 && this.#buckets.has(key)) return bucket;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const oldest = this.#buckets.keys().next();
    if (this.#buckets.size > maxKeys && !oldest.done) this.#buckets.delete(oldest.value);
    return bucket;
  }
}
