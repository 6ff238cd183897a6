// Groups on their way to the writer's thread. Cloning each small array of bytes is what makes messages dear (and a view
// on a large buffer would drag all of it along), so all bytes travel in one buffer, which is handed over, not copied.
import { DatabaseError, type Group, type Statement, type Value } from './database.ts';

interface PackedStatement {
  readonly sql: string;
  readonly width: number;
  readonly rows: number;
}

export interface Parcel {
  readonly groups: readonly { readonly guard: PackedStatement | undefined; readonly statements: PackedStatement[] }[];
  /** Every argument in order; `undefined` stands for the next of `lengths` bytes. */
  readonly values: (Exclude<Value, Uint8Array> | undefined)[];
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** `transfer` names the buffers that the message takes along. Throws DatabaseError for what cannot be packed. */
export function pack(groups: readonly Group[]): { parcel: Parcel; transfer: ArrayBuffer[] } {
  const values: Parcel['values'] = [];
  const blobs: Uint8Array[] = [];
  let size = 0;
  const put = (value: Value): void => {
    if (value === undefined) throw new DatabaseError('statement', 'an argument is missing');
    if (!(value instanceof Uint8Array)) {
      values.push(value);
      return;
    }
    values.push(undefined);
    blobs.push(value);
    size += value.length;
  };
  const packed = ({ sql, rows }: Statement): PackedStatement => {
    const width = rows[0]?.length ?? 0;
    for (const row of rows) {
      if (row.length !== width) throw new DatabaseError('statement', 'rows of one statement have the same width');
      for (const value of row) put(value);
    }
    return { sql, width, rows: rows.length };
  };
  const contents = groups.map(({ guard, statements }) => ({
    guard: guard && packed({ sql: guard.sql, rows: [guard.args] }),
    statements: statements.map(packed),
  }));
  const lengths = Uint32Array.from(blobs, (blob) => blob.length);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const blob of blobs) {
    bytes.set(blob, at);
    at += blob.length;
  }
  return { parcel: { groups: contents, values, lengths, bytes }, transfer: [lengths.buffer, bytes.buffer] };
}

/** What {@link pack} was given; bytes are views into the parcel. */
export function unpack({ groups, values, lengths, bytes }: Parcel): Group[] {
  let next = 0;
  let blob = 0;
  let at = 0;
  const take = (): Value => {
    const value = values[next++];
    if (value !== undefined) return value;
    const start = at;
    at += lengths[blob++]!;
    return bytes.subarray(start, at);
  };
  const unpacked = ({ sql, width, rows: count }: PackedStatement): Statement => {
    const rows: Value[][] = [];
    for (let i = 0; i < count; i++) {
      const row: Value[] = [];
      for (let j = 0; j < width; j++) row.push(take());
      rows.push(row);
    }
    return { sql, rows };
  };
  return groups.map(({ guard, statements }) => {
    const opened = guard && unpacked(guard);
    const group = { statements: statements.map(unpacked) };
    return opened ? { ...group, guard: { sql: opened.sql, args: opened.rows[0]! } } : group;
  });
}
