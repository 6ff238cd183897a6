// Groups on their way to the writer's thread. What makes a message dear is the number of values in it that are objects
// of the language: so a parcel is four runs of plain memory and the few texts, and the text of a statement travels once.
import { DatabaseError, type Group, type Statement, type Value } from './database.ts';

/** Texts of statements that both ends remember; far more than the server has. */
const knownTexts = 1_024;
/** Larger arrays are handed over, smaller ones cost less to copy. */
const transferBytes = 16_384;

/** What a value is; beside it stands a number: the value, the length of its bytes, or its place in `others`. */
const isNull = 0;
const isNumber = 1;
const isBytes = 2;
const isOther = 3;

export interface Parcel {
  /** Of the parcel the count of its groups; of each its guard or null and the count of its statements; of a statement
   * its text or its number, its width, its rows, its arguments. */
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly others: readonly (string | bigint)[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One end of the way: both number the texts of statements as they first see them. */
export class Packer {
  readonly #known = new Map<string, number>();
  #kinds = new Uint8Array(4_096);
  #numbers = new Float64Array(4_096);
  #count = 0;
  /** Of this parcel, each once. */
  readonly #others = new Map<string | bigint, number>();

  /** `transfer` names the buffers that the message takes along. Throws DatabaseError for what cannot be packed. */
  pack(groups: readonly Group[]): { parcel: Parcel; transfer: ArrayBuffer[] } {
    // Before anything is numbered: what fails must leave both ends as they are.
    let size = 0;
    for (const group of groups) size += checked(group);
    const blobs: Uint8Array[] = [];
    this.#reserve(size + 1);
    this.#add(isNumber, groups.length);
    for (const { guard, statements } of groups) {
      if (guard) this.#put(blobs, { sql: guard.sql, rows: [guard.args] });
      else this.#add(isNull, 0);
      this.#add(isNumber, statements.length);
      for (const statement of statements) this.#put(blobs, statement);
    }
    const parcel = {
      kinds: this.#kinds.slice(0, this.#count),
      numbers: this.#numbers.slice(0, this.#count),
      others: [...this.#others.keys()],
      bytes: joined(blobs),
    };
    this.#count = 0;
    this.#others.clear();
    const { bytes, kinds, numbers } = parcel;
    return {
      parcel,
      transfer: [bytes, kinds, numbers].flatMap((run) => (run.byteLength < transferBytes ? [] : [run.buffer])),
    };
  }

  #put(blobs: Uint8Array[], { sql, rows }: Statement): void {
    const known = this.#known.get(sql);
    if (known !== undefined) this.#add(isNumber, known);
    else {
      if (this.#known.size < knownTexts) this.#known.set(sql, this.#known.size);
      this.#add(isOther, this.#placeOf(sql));
    }
    this.#add(isNumber, rows[0]?.length ?? 0);
    this.#add(isNumber, rows.length);
    for (const row of rows) {
      for (const value of row) {
        if (typeof value === 'number') this.#add(isNumber, value);
        else if (value === null) this.#add(isNull, 0);
        else if (typeof value === 'object') {
          this.#add(isBytes, value.length);
          blobs.push(value);
        } else this.#add(isOther, this.#placeOf(value));
      }
    }
  }

  #add(kind: number, number: number): void {
    this.#kinds[this.#count] = kind;
    this.#numbers[this.#count++] = number;
  }

  #placeOf(other: string | bigint): number {
    const place = this.#others.get(other) ?? this.#others.size;
    if (place === this.#others.size) this.#others.set(other, place);
    return place;
  }

  #reserve(count: number): void {
    if (count <= this.#kinds.length) return;
    this.#kinds = new Uint8Array(count * 2);
    this.#numbers = new Float64Array(count * 2);
  }
}

/** The other end. */
export class Unpacker {
  readonly #known: string[] = [];

  /** What was packed; bytes are views into the parcel. Parcels are taken in the order in which they were packed. */
  unpack({ kinds, numbers, others, bytes }: Parcel): Group[] {
    let next = 0;
    let at = 0;
    const take = (): Value => {
      const kind = kinds[next];
      const number = numbers[next++]!;
      if (kind === isNumber) return number;
      if (kind === isOther) return others[number]!;
      if (kind === isNull) return null;
      at += number;
      return bytes.subarray(at - number, at);
    };
    const statement = (text: Value): Statement => {
      const sql = this.#sqlOf(text as string | number);
      const width = take() as number;
      const rows: Value[][] = [];
      for (let left = take() as number; left > 0; left--) {
        const row: Value[] = [];
        for (let column = 0; column < width; column++) row.push(take());
        rows.push(row);
      }
      return { sql, rows };
    };
    const groups: Group[] = [];
    for (let left = take() as number; left > 0; left--) {
      const text = take();
      const guard = text === null ? undefined : statement(text);
      const statements: Statement[] = [];
      for (let count = take() as number; count > 0; count--) statements.push(statement(take()));
      groups.push(guard ? { guard: { sql: guard.sql, args: guard.rows[0]! }, statements } : { statements });
    }
    return groups;
  }

  #sqlOf(text: string | number): string {
    if (typeof text === 'number') return this.#known[text]!;
    if (this.#known.length < knownTexts) this.#known.push(text);
    return text;
  }
}

const plainTypes: ReadonlySet<string> = new Set(['string', 'number', 'bigint']);
/** Values that a statement takes beside its arguments. */
const statementValues = 3;

/** How many values it takes at most; throws where one cannot be stored. */
function checked({ guard, statements }: Group): number {
  let count = 2;
  if (guard) count += statementValues + checkedRow(guard.args, guard.args.length);
  for (const { rows } of statements) {
    count += statementValues;
    for (const row of rows) count += checkedRow(row, rows[0]!.length);
  }
  return count;
}

function checkedRow(row: readonly Value[], width: number): number {
  if (row.length !== width) throw new DatabaseError('statement', 'rows of one statement have the same width');
  for (const value of row) {
    const storable =
      typeof value === 'object' ? value === null || value instanceof Uint8Array : plainTypes.has(typeof value);
    if (!storable) throw new DatabaseError('statement', `an argument cannot be stored: ${String(value)}`);
  }
  return width;
}

function joined(blobs: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const { length } of blobs) size += length;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const blob of blobs) {
    bytes.set(blob, at);
    at += blob.length;
  }
  return bytes;
}
