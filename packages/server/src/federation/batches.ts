/** What of an outbox goes to the clerk in one go. */
import { limits } from '@parley/protocol';
import { endsBatch } from '@parley/room';
import type { OutboxRow } from '../store/entry-outbox.ts';

/** The first rows that go together: of one incarnation, up to the first that ends a batch, within its size. */
export function cut(rows: readonly OutboxRow[]): OutboxRow[] {
  const batch: OutboxRow[] = [];
  let size = 0;
  for (const row of rows) {
    size += row.stamp.length + row.act.length + row.parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (batch.length > 0 && (size > limits.batchBytes || row.incarnation !== batch[0]!.incarnation)) break;
    batch.push(row);
    if (endsBatch(row.kind)) break;
  }
  return batch;
}
