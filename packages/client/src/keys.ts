/** What stands where in the store, and how values are written. */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const keys = {
  /** The session of this device, token included. */
  session: 'session',
  /** User id of the account to which everything else belongs. */
  account: 'account',
  outbox: 'outbox/',
  outboxRow: (order: number) => `outbox/${padded(order)}`,
  rooms: 'room/',
  room: (room: string) => `room/${room}`,
  entries: (room: string) => `entry/${room}/`,
  entry: (room: string, seq: number) => `entry/${room}/${padded(seq)}`,
  drafts: 'draft/',
  draft: (room: string) => `draft/${room}`,
  /** What other servers are called. */
  servers: 'server/names',
  /** Of a bot: up to where it has handled a room. */
  cursors: 'cursor/',
  cursor: (room: string) => `cursor/${room}`,
} as const;

/** Everything that belongs to an account. */
export const accountPrefixes = ['outbox/', 'room/', 'entry/', 'draft/', 'cursor/', 'server/'] as const;

const padded = (number: number): string => String(number).padStart(16, '0');

export const toBytes = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** The value, or undefined when the bytes are none: a store may be damaged or of another version. */
export function fromBytes(bytes: Uint8Array | undefined): unknown {
  if (!bytes) return undefined;
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
