// Passwords are kept as Argon2id [RFC 9106] in the usual string form,
// `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, so that other programs read ours and we read theirs.
import { argon2, timingSafeEqual } from 'node:crypto';
import { Refusal } from '@parley/protocol';

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** [OWASP Password Storage Cheat Sheet]: 27 ms of one core and 19 MiB. */
const defaultCost: Argon2Cost = { memoryKiB: 19_456, passes: 2, parallelism: 1 };

/** What an imported hash may ask for; more would be a way to stop the server. */
const highestCost: Argon2Cost = { memoryKiB: 262_144, passes: 10, parallelism: 8 };

/** At once: two of the four threads of Node's pool, so that files are still read. */
const concurrent = 2;

/** That wait: about a second and a half of work. */
const waiting = 100;

const saltBytes = 16;
const hashBytes = 32;

export interface Checked {
  readonly isRight: boolean;
  /** Right, but hashed at another cost than now: hash the password again and store that. */
  readonly isOutdated: boolean;
}

export interface Passwords {
  /** What to store. Refusal `too-fast` when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Holds a password against what {@link hash} gave. Without `stored`, for a name that nobody has, it takes as long and
   * is wrong. Refusal `too-fast` when too many wait; throws when `stored` is no such string.
   */
  check(password: string, stored: string | undefined): Promise<Checked>;
}

interface Stored {
  readonly cost: Argon2Cost;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

export interface PasswordOptions {
  readonly randomBytes: (length: number) => Uint8Array;
  readonly cost?: Argon2Cost;
}

export function createPasswords({ randomBytes, cost = defaultCost }: PasswordOptions): Passwords {
  const enter = turnstile();
  const decoy: Stored = { cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };
  return {
    async hash(password) {
      const salt = randomBytes(saltBytes);
      return format({ cost, salt, hash: await enter(() => derive(password, cost, salt, hashBytes)) });
    },
    async check(password, stored) {
      const expected = stored === undefined ? decoy : parse(stored);
      const { hash, salt } = expected;
      const given = await enter(() => derive(password, expected.cost, salt, hash.length));
      const isRight = timingSafeEqual(given, hash) && stored !== undefined;
      return { isRight, isOutdated: isRight && stored !== format({ cost, salt, hash }) };
    },
  };
}

function derive(password: string, cost: Argon2Cost, salt: Uint8Array, length: number): Promise<Uint8Array> {
  const parameters = {
    // Keyboards differ in how they compose letters [RFC 8265 §4.2].
    message: password.normalize('NFC'),
    nonce: salt,
    memory: cost.memoryKiB,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength: length,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, hash) => (error === null ? resolve(hash) : reject(error)));
  });
}

/** Lets a few in at once and some wait; turns the rest away. */
function turnstile(): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside < concurrent) inside += 1;
    else if (queue.length >= waiting) throw new Refusal('too-fast', { retryAfterMs: 2_000 });
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to the next in line, else it is free.
      const next = queue.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}

function format({ cost, salt, hash }: Stored): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
  const { memoryKiB, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

const form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;

function parse(stored: string): Stored {
  const [, memory, passes, parallelism, salt, hash] = form.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('a stored password is not in the form of Argon2id');
  const cost = { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  if (
    cost.memoryKiB > highestCost.memoryKiB ||
    cost.passes > highestCost.passes ||
    cost.parallelism > highestCost.parallelism
  ) {
    throw new Error('a stored password asks for more memory or time than allowed');
  }
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}
