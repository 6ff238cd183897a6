/** Brings logs of other chats, and of other servers, into rooms. */
import { resolve } from 'node:path';
import { cleanLine } from '@parley/terminal';
import { upload, verifyFile } from '../archive/upload.ts';
import type { Context } from '../context.ts';
import { exits, Failure, usage } from '../exit.ts';
import { emptyTally, importIrc as importLogs, logFiles, roomFor, type Tally } from '../import/irc-import.ts';
import { progress } from '../progress.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { viewLabel } from '../session/room.ts';
import { command } from './command.ts';

export const importIrc = command({
  name: 'import irc',
  group: 'Data',
  about: 'Reads IRC logs into a room, with their times and authors.',
  details:
    'The files are named YYYY-MM-DD.NAME.raw.txt and read in the order of their days. The room is made when it is missing.\nIt can be stopped and run again: what is there already is skipped. You must be an operator of the server.',
  examples: ["parley import irc logs/*.raw.txt --room '#ubuntu'"],
  arguments: [{ name: 'FILE', about: 'Logs, one event a line.', offers: 'file', rest: true }],
  options: { room: { value: 'ROOM', about: 'The room to read them into.' } },
  async run(context, { arguments: files, options: { room: typed } }) {
    if (typed === undefined) throw usage("--room is missing: write --room '#ubuntu'");
    const { shell } = context;
    const logs = await logFiles(files.map((file) => resolve(shell.folder, file)));
    await withServer(context, { as: 'account', deadline: 'connection' }, async (connected) => {
      mustBeOperator(connected);
      const view = await roomFor(connected, typed);
      const label = viewLabel(view, connected.client.servers);
      const tally = emptyTally();
      const shown = progress(context);
      const started = shell.now();
      try {
        const report = () => shown.report(() => progressLine(label, tally, shell.now() - started));
        await importLogs(connected, view.id, logs, tally, report);
      } finally {
        shown.end();
        await printTally(context, label, tally, logs.length);
      }
    });
  },
});

/** Said before a room is made for nothing; the server decides. */
function mustBeOperator({ client, info }: Connected): void {
  if (client.me.get()?.serverRole !== 'user') return;
  throw new Failure(exits.forbidden, 'forbidden', `only an operator of ${cleanLine(info.server.name)} may import`);
}

const count = (number: number): string => number.toLocaleString('en');

function progressLine(label: string, tally: Tally, elapsedMs: number): string {
  const { added, skipped, bytes, totalBytes, file } = tally;
  const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
  const rate = Math.round(((added + skipped) / Math.max(1, elapsedMs)) * 1_000);
  const again = skipped > 0 ? `, ${count(skipped)} there already` : '';
  return `${label}: ${percent} %, ${count(added)} lines added${again}, ${count(rate)}/s, ${file}`;
}

async function printTally(context: Context, room: string, tally: Tally, files: number): Promise<void> {
  const { added, skipped, empty, cut } = tally;
  if (context.json) return context.printJson({ room, files, added, skipped, empty, cut });
  const parts = [`${count(added)} lines added`, `${count(skipped)} there already`];
  if (empty > 0) parts.push(`${count(empty)} without words left out`);
  if (cut > 0) parts.push(`${count(cut)} too long and cut`);
  return context.print(`${room}: ${parts.join(', ')}`);
}

const resultWords = {
  identical: 'the server has exactly this log',
  restored: 'the room is restored',
  archived: 'kept as a read-only archive',
} as const;

export const importParley = command({
  name: 'import parley',
  group: 'Data',
  about: 'Verifies an exported room and gives it to the server.',
  details:
    'On the server that wrote it the log is compared, or restored where it is gone; on another one it becomes a read-only\narchive of yours. You must be an operator of the server.',
  arguments: [{ name: 'FILE', about: 'What parley export wrote.', offers: 'file' }],
  options: { 'verify-only': { about: 'Verifies the file and sends nothing.' } },
  async run(context, { arguments: [file = ''], options }) {
    const verified = await verifyFile(resolve(context.shell.folder, file));
    const { room, lines } = verified;
    if (options['verify-only']) {
      if (context.json) return context.printJson({ roomId: room, lines, result: 'verified' });
      return context.print(`${count(lines)} lines, the chain is whole`);
    }
    await withServer(context, { as: 'account', deadline: 'connection' }, async (connected) => {
      mustBeOperator(connected);
      const shown = progress(context);
      const result = await upload(connected, verified, (sent) =>
        shown.report(() => `${count(sent)} of ${count(lines)} lines sent`),
      ).finally(() => shown.end());
      if (context.json) await context.printJson({ roomId: room, lines, result });
      else await context.print(`${count(lines)} lines: ${resultWords[result]}`);
    });
  },
});
