/** Stored entries as they go to other servers: the bytes that were hashed, and the content that is still there. */
import type { LogLine } from '@parley/protocol';
import { readHeader } from '@parley/room';
import { actOf } from '../entry-view.ts';
import type { EntryRecord } from '../store/entry.ts';
import type { Store } from '../store/store.ts';
import type { Unkept } from '../unkept.ts';

/**
 * @param most bytes of all lines together; the first is there even when it is larger
 * @param unkept where content that is not on disk may be
 */
export async function linesOf(
  store: Pick<Store, 'entry'>,
  room: number,
  records: readonly EntryRecord[],
  most: number,
  unkept?: Unkept,
): Promise<LogLine[]> {
  const parts = await store.entry.parts(
    room,
    records.map(({ seq }) => seq),
  );
  const lines: LogLine[] = [];
  let size = 0;
  for (const { seq, header } of records) {
    const refs = actOf(readHeader(header))?.parts ?? [];
    const line: LogLine = { header, parts: refs.map((ref, i) => parts.get(`${seq}/${i}`) ?? unkept?.get(ref) ?? null) };
    size += header.length + line.parts.reduce((sum, part) => sum + (part ? part.bytes.length + 32 : 1), 0) + 32;
    if (lines.length > 0 && size > most) break;
    lines.push(line);
  }
  return lines;
}
