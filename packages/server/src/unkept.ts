/**
 * Content of rooms that keep nothing, on its way to other servers: in memory only, for as long as it may still be asked
 * for, and the oldest goes first. After a crash it is gone, as such rooms have it.
 */
import type { Part, PartRef } from '@parley/room';
import { keyText } from './store/entry.ts';

const mostBytes = 16_777_216;

export class Unkept {
  /** By hash, oldest first. */
  readonly #parts = new Map<string, Part>();
  #bytes = 0;

  put(refs: readonly PartRef[], parts: readonly (Part | null)[]): void {
    for (const [i, part] of parts.entries()) {
      const key = refs[i] && keyText(refs[i].hash);
      if (!part || key === undefined || this.#parts.has(key)) continue;
      this.#parts.set(key, part);
      this.#bytes += part.bytes.length;
    }
    for (const [key, { bytes }] of this.#parts) {
      if (this.#bytes <= mostBytes) return;
      this.#parts.delete(key);
      this.#bytes -= bytes.length;
    }
  }

  get({ hash }: PartRef): Part | undefined {
    return this.#parts.get(keyText(hash));
  }
}
