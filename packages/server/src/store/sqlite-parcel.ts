// Groups on their way to the writer's thread. What makes a message dear is the number of objects in it and the texts of
// the statements: so a parcel is one flat list, all bytes in one array, and each text travels once.
import { DatabaseError, type Group, type Statement, type Value } from './database.ts';

/** Texts that both ends remember; far more than the server has statements. */
const knownTexts = 1_024;
/** Larger arrays are handed over, smaller ones cost less to copy. */
const transferBytes = 16_384;

type Plain = Exclude<Value, Uint8Array>;

export interface Parcel {
  /** Of each group: its guard or null, its statements; of each statement: its text or its number, width, rows, arguments. */
  readonly list: (Plain | undefined)[];
  /** Of the arguments that are `undefined` in the list, each followed there by its length. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One end of the way: both number the texts as they first see them. */
export class Packer {
  readonly #numbers = new Map<string, number>();

  /** `transfer` names the buffer that the message takes along. Throws DatabaseError for what cannot be packed. */
  pack(groups: readonly Group[]): { parcel: Parcel; transfer: ArrayBuffer[] } {
    // Before anything is numbered: what fails must leave both ends as they are.
    for (const group of groups) check(group);
    const list: Parcel['list'] = [groups.length];
    const blobs: Uint8Array[] = [];
    for (const { guard, statements } of groups) {
      list.push(statements.length);
      if (guard) this.#put(list, blobs, { sql: guard.sql, rows: [guard.args] });
      else list.push(null);
      for (const statement of statements) this.#put(list, blobs, statement);
    }
    const bytes = joined(blobs);
    return { parcel: { list, bytes }, transfer: bytes.length < transferBytes ? [] : [bytes.buffer] };
  }

  #put(list: Parcel['list'], blobs: Uint8Array[], { sql, rows }: Statement): void {
    list.push(this.#textOf(sql), rows[0]?.length ?? 0, rows.length);
    for (const row of rows) {
      for (const value of row) {
        if (!(value instanceof Uint8Array)) list.push(value);
        else {
          list.push(undefined, value.length);
          blobs.push(value);
        }
      }
    }
  }

  #textOf(sql: string): string | number {
    const number = this.#numbers.get(sql);
    if (number === undefined && this.#numbers.size < knownTexts) this.#numbers.set(sql, this.#numbers.size);
    return number ?? sql;
  }
}

/** The other end. */
export class Unpacker {
  readonly #texts: string[] = [];

  /** What was packed; bytes are views into the parcel. Parcels are taken in the order in which they were packed. */
  unpack({ list, bytes }: Parcel): Group[] {
    let next = 0;
    let at = 0;
    const take = (): Value => {
      const value = list[next++];
      if (value !== undefined) return value;
      const start = at;
      at += list[next++] as number;
      return bytes.subarray(start, at);
    };
    const statement = (text: Value): Statement => {
      const sql = this.#sqlOf(text as string | number);
      const width = take() as number;
      const rows = Array.from({ length: take() as number }, () => Array.from({ length: width }, take));
      return { sql, rows };
    };
    const groups: Group[] = [];
    for (let left = take() as number; left > 0; left--) {
      const count = take() as number;
      const text = take();
      const guard = text === null ? undefined : statement(text);
      const statements = Array.from({ length: count }, () => statement(take()));
      groups.push(guard ? { guard: { sql: guard.sql, args: guard.rows[0]! }, statements } : { statements });
    }
    return groups;
  }

  #sqlOf(text: string | number): string {
    if (typeof text === 'number') return this.#texts[text]!;
    if (this.#texts.length < knownTexts) this.#texts.push(text);
    return text;
  }
}

const plainTypes: ReadonlySet<string> = new Set(['string', 'number', 'bigint']);

function check({ guard, statements }: Group): void {
  if (guard) checkRow(guard.args, guard.args.length);
  for (const { rows } of statements) for (const row of rows) checkRow(row, rows[0]!.length);
}

function checkRow(row: readonly Value[], width: number): void {
  if (row.length !== width) throw new DatabaseError('statement', 'rows of one statement have the same width');
  for (const value of row) {
    const storable =
      typeof value === 'object' ? value === null || value instanceof Uint8Array : plainTypes.has(typeof value);
    if (!storable) throw new DatabaseError('statement', `an argument cannot be stored: ${String(value)}`);
  }
}

function joined(blobs: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(blobs.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const blob of blobs) {
    bytes.set(blob, at);
    at += blob.length;
  }
  return bytes;
}
