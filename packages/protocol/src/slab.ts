/** Memory for many small values of about one age: to get and to clear away one piece for each costs far more. */
const slabBytes = 8_192;
/** Larger values would keep too much of a slab to themselves. */
const sharedBytes = 1_024;

const utf8 = new TextEncoder();

export class Slab {
  #bytes = new Uint8Array(slabBytes);
  #at = 0;

  /** A copy: up to 1 KiB it is a view that shares its `buffer` with other values. */
  copy(bytes: Uint8Array): Uint8Array {
    const size = bytes.length;
    if (size > sharedBytes) return bytes.slice();
    this.#reserve(size);
    this.#bytes.set(bytes, this.#at);
    return this.#take(size);
  }

  /** A text as UTF-8, in the same way. */
  encode(text: string): Uint8Array {
    if (text.length > sharedBytes) return utf8.encode(text);
    // At most three bytes for each unit of UTF-16.
    this.#reserve(text.length * 3);
    return this.#take(utf8.encodeInto(text, this.#bytes.subarray(this.#at)).written);
  }

  #reserve(size: number): void {
    if (this.#at + size <= slabBytes) return;
    this.#bytes = new Uint8Array(slabBytes);
    this.#at = 0;
  }

  #take(size: number): Uint8Array {
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
}
