import { limits } from '@parley/protocol';
import type { People } from './people.ts';

const mention = /(?<![\p{L}\p{N}_.@/-])@([\p{L}\p{N}][\p{L}\p{N}._-]*)/gu;

/** Ids of the people whom a text means by `@name`; a name that several people have means nobody. */
export function mentioned(text: string, people: People): string[] {
  const found = new Set<string>();
  for (const [, written] of text.matchAll(mention)) {
    if (found.size >= limits.mentions) break;
    const name = written?.replace(/[._-]+$/, '') ?? '';
    const [one, another] = people.named(name);
    if (one && !another) found.add(one.id);
  }
  return [...found];
}
