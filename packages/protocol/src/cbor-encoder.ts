/**
 * The short way to the canonical spelling [RFC 8949 §4.2.1] for what nearly everything is made of: null, flags, whole
 * numbers, text, bytes, lists, and maps with short names. The library gives the same bytes in four times the time, and
 * does the rest.
 */
const utf8 = new TextEncoder();
/** Names of maps up to here, in ASCII, sort by length and then by letter, as their bytes do. */
const shortName = 23;
/** Up to here a look at each letter costs less than a call of the system's encoder. */
const shortText = 64;
/** Values are written one after another into memory of this size, for to get and to clear away some for each costs far more. */
const slabBytes = 8_192;
/** Larger values would keep too much of a slab to themselves. */
const sharedBytes = 1_024;
/** The longest head. */
const headBytes = 9;

export class CborEncoder {
  #bytes = new Uint8Array(slabBytes);
  #start = 0;
  #at = 0;

  /**
   * The bytes of a value, or undefined when something in it is not of the kinds named above. Up to 1 KiB they are a view
   * that shares its `buffer` with other values.
   */
  encode(value: unknown): Uint8Array | undefined {
    this.#start = this.#at;
    const isPut = this.#put(value);
    const size = this.#at - this.#start;
    if (isPut && size <= sharedBytes) return this.#bytes.subarray(this.#start, this.#at);
    const own = isPut ? this.#bytes.slice(this.#start, this.#at) : undefined;
    this.#at = this.#start;
    if (this.#bytes.length > slabBytes) this.#renew(slabBytes);
    return own;
  }

  #put(value: unknown): boolean {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') return this.#number(value);
    if (typeof value === 'boolean' || value === null) {
      this.#reserve(1);
      this.#bytes[this.#at++] = value === null ? 0xf6 : value ? 0xf5 : 0xf4;
      return true;
    }
    if (typeof value !== 'object') return false;
    if (Array.isArray(value)) return this.#list(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return this.#map(value as Record<string, unknown>);
    return value instanceof Uint8Array && this.#blob(value);
  }

  #number(value: number): boolean {
    if (!Number.isSafeInteger(value)) return false;
    if (value < 0) this.#head(0x20, -1 - value);
    else this.#head(0x00, value);
    return true;
  }

  #blob(value: Uint8Array): boolean {
    this.#head(0x40, value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return true;
  }

  #text(value: string): boolean {
    const { length } = value;
    this.#reserve(headBytes + length * 3);
    const head = this.#at;
    // Where the bytes begin if they are as many as the letters; moved when they are more.
    const start = head + headSize(length);
    const ascii = length <= shortText ? this.#ascii(value, start) : 0;
    const written =
      ascii === length
        ? length
        : ascii + utf8.encodeInto(value.slice(ascii), this.#bytes.subarray(start + ascii)).written;
    const from = head + headSize(written);
    if (from !== start) this.#bytes.copyWithin(from, start, start + written);
    this.#head(0x60, written);
    this.#at = from + written;
    return true;
  }

  /** Writes letters as long as they are ASCII; tells how many. */
  #ascii(value: string, at: number): number {
    const bytes = this.#bytes;
    for (let i = 0; i < value.length; i++) {
      const letter = value.charCodeAt(i);
      if (letter > 0x7f) return i;
      bytes[at + i] = letter;
    }
    return value.length;
  }

  #list(value: readonly unknown[]): boolean {
    this.#head(0x80, value.length);
    for (const item of value) if (!this.#put(item)) return false;
    return true;
  }

  #map(value: Record<string, unknown>): boolean {
    const names = Object.keys(value);
    if (names.length > 1) names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    this.#head(0xa0, names.length);
    for (const name of names) if (!this.#name(name) || !this.#put(value[name])) return false;
    return true;
  }

  #name(name: string): boolean {
    if (name.length > shortName) return false;
    this.#reserve(1 + name.length);
    this.#bytes[this.#at++] = 0x60 | name.length;
    const isAscii = this.#ascii(name, this.#at) === name.length;
    this.#at += name.length;
    return isAscii;
  }

  #head(major: number, argument: number): void {
    this.#reserve(headBytes);
    const bytes = this.#bytes;
    const size = headSize(argument);
    if (size === 1) {
      bytes[this.#at++] = major | argument;
      return;
    }
    bytes[this.#at] = major | (23 + [0, 0, 1, 2, 0, 3, 0, 0, 0, 4][size]!);
    let rest = argument;
    for (let at = this.#at + size - 1; at > this.#at; at--) {
      bytes[at] = rest;
      rest = Math.floor(rest / 256);
    }
    this.#at += size;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const written = this.#at - this.#start;
    this.#renew(Math.max(slabBytes, (written + count) * 2));
  }

  /** Goes on in new memory, with what is written of the present value. */
  #renew(size: number): void {
    const begun = this.#bytes.subarray(this.#start, this.#at);
    this.#bytes = new Uint8Array(size);
    this.#bytes.set(begun);
    this.#at = begun.length;
    this.#start = 0;
  }
}

/** Bytes of the shortest head for a number. */
function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x10000) return 3;
  return argument < 0x100000000 ? 5 : 9;
}
