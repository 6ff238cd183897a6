/** Texts to bytes, one after another in memory that many share: to get and to clear away some for each costs far more. */
const slabBytes = 8_192;
/** Larger texts would keep too much of a slab to themselves. */
const sharedLetters = 1_024;

const utf8 = new TextEncoder();

export class TextSlab {
  #bytes = new Uint8Array(slabBytes);
  #at = 0;

  /** As UTF-8; of up to 1,024 letters it is a view that shares its `buffer` with other texts. */
  encode(text: string): Uint8Array {
    if (text.length > sharedLetters) return utf8.encode(text);
    // At most three bytes for each unit of UTF-16.
    if (this.#at + text.length * 3 > slabBytes) {
      this.#bytes = new Uint8Array(slabBytes);
      this.#at = 0;
    }
    const start = this.#at;
    this.#at += utf8.encodeInto(text, this.#bytes.subarray(start)).written;
    return this.#bytes.subarray(start, this.#at);
  }
}
