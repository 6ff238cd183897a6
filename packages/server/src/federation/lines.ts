/** Stored entries as they go to other servers: the bytes that were hashed, and the content that is still there. */
import type { LogLine } from '@parley/protocol';
import { readHeader } from '@parley/room';
import { actOf } from '../entry-view.ts';
import type { EntryRecord } from '../store/entry.ts';
import type { Store } from '../store/store.ts';

/** @param most bytes of all lines together; the first is there even when it is larger */
export async function linesOf(
  store: Pick<Store, 'entry'>,
  room: number,
  records: readonly EntryRecord[],
  most: number,
): Promise<LogLine[]> {
  const parts = await store.entry.parts(
    room,
    records.map(({ seq }) => seq),
  );
  const lines: LogLine[] = [];
  let size = 0;
  for (const { seq, header } of records) {
    const count = actOf(readHeader(header))?.parts.length ?? 0;
    const line: LogLine = { header, parts: Array.from({ length: count }, (_, i) => parts.get(`${seq}/${i}`) ?? null) };
    size += header.length + line.parts.reduce((sum, part) => sum + (part ? part.bytes.length + 32 : 1), 0) + 32;
    if (lines.length > 0 && size > most) break;
    lines.push(line);
  }
  return lines;
}
