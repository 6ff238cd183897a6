/** Writes a room's log so that it can be verified and read back. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { limits } from '@parley/protocol';
import { checkpointObject, entryObject } from '../archive/file.ts';
import type { Checkpoint } from '../archive/verify.ts';
import { exits, Failure } from '../exit.ts';
import { progress } from '../progress.ts';
import { bulk } from '../session/bulk.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { findRoom } from '../session/room.ts';
import { write } from '../shell.ts';
import { command } from './command.ts';
import { roomArgument } from './room.ts';

export const exportRoom = command({
  name: 'export',
  group: 'Data',
  about: 'Writes the log of a room as JSON lines, with all that is needed to verify it.',
  details: 'Each line holds an entry as it is hashed and in plain words; the last one is signed by the server.',
  examples: ["parley export '#ops' > ops.jsonl", "parley export '#ops' --out ops.jsonl"],
  arguments: [roomArgument],
  options: { out: { value: 'FILE', about: 'A new file to write to, instead of stdout.', offers: 'file' } },
  async run(context, { arguments: [typed = ''], options: { out } }) {
    await withServer(context, { as: 'account', deadline: 'connection' }, async (connected) => {
      const { id } = await findRoom(connected, typed);
      if (out === undefined) return exportTo(connected, id, (text) => write(context.shell, text));
      const handle = await open(resolve(context.shell.folder, out), 'wx', 0o600);
      try {
        await exportTo(connected, id, (text) => handle.writeFile(text));
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  },
});

async function exportTo(connected: Connected, room: string, put: (text: string) => Promise<void>): Promise<void> {
  const shown = progress(connected.context);
  let lines = 0;
  try {
    for (;;) {
      const reply = await bulk(connected, 'archive.read', { room, after: lines, limit: limits.importLines });
      for (const line of reply.lines) await put(`${JSON.stringify(entryObject(line))}\n`);
      lines += reply.lines.length;
      shown.report(() => `${lines.toLocaleString('en')} lines`);
      if (reply.more && reply.lines.length > 0) continue;
      await end(room, reply.checkpoint, put);
      return;
    }
  } finally {
    shown.end();
  }
}

async function end(
  room: string,
  checkpoint: Checkpoint | undefined,
  put: (text: string) => Promise<void>,
): Promise<void> {
  if (!checkpoint)
    throw new Failure(
      exits.failure,
      'no-checkpoint',
      'the server signs no end of this log: it is an archive of another one',
    );
  await put(`${JSON.stringify(checkpointObject(room, checkpoint))}\n`);
}
