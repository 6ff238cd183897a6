/**
 * Reads an exported log back, page by page in order, held against its chain. On the server that wrote it the log is
 * compared, or restored where the room is gone; elsewhere it becomes a read-only archive of the person who brings it.
 */
import { type Payload, Refusal, type Reply } from '@parley/protocol';
import type { Context } from './context.ts';

export async function readBack(context: Context, page: Payload<'archive.write'>): Promise<Reply<'archive.write'>> {
  context.log.debug({ room: page.room }, 'reading back');
  throw new Refusal('unavailable');
}
