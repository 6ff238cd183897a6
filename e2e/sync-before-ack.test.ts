import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dialUrl } from '@parley/client/node';
import { Connection } from './connection.ts';
import { prepareServer } from './server.ts';

const messages = 60;
const atOnce = 12;
const calls = 'trace=fsync,fdatasync,write,writev,sendto,sendmsg,pwrite64';

/** A system call as it stands in a trace: the lines on which it began and ended, and what it was. */
interface Call {
  name: string;
  fd: number;
  text: string;
  began: number;
  ended: number;
}

/** strace -f: `pid name(fd, …) = result`, or cut in two where another thread was faster. */
function callsOf(trace: string): Call[] {
  const found: Call[] = [];
  const open = new Map<string, Call>();
  for (const [line, text] of trace.split('\n').entries()) {
    const resumed = /^(\d+) +<\.\.\. (\w+) resumed>/.exec(text);
    if (resumed) {
      const call = open.get(resumed[1]!);
      open.delete(resumed[1]!);
      if (call) call.ended = line;
      continue;
    }
    const [, pid, name, fd] = /^(\d+) +(\w+)\((\d+)/.exec(text) ?? [];
    if (pid === undefined || name === undefined) continue;
    const call: Call = { name, fd: Number(fd), text, began: line, ended: line };
    if (text.endsWith('<unfinished ...>')) {
      call.ended = Number.POSITIVE_INFINITY;
      open.set(pid, call);
    }
    found.push(call);
  }
  return found;
}

const isSync = ({ name }: Call) => name === 'fsync' || name === 'fdatasync';
const isTold = ({ name }: Call) => name === 'write' || name === 'writev' || name === 'sendto' || name === 'sendmsg';

/** Whether strace is there and may look at processes. */
function canTrace(): boolean {
  return process.platform === 'linux' && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
}

const skip = canTrace() ? false : 'strace is missing or may not trace';

test('a message is on disk before anybody hears of it, its sender included', { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-trace-'));
  const file = join(folder, 'trace');
  const prepared = await prepareServer({ under: ['strace', '-f', '-s', '20000', '-e', calls, '-o', file] });
  const replies = new Map<number, string>();
  try {
    const server = await prepared.start(join(folder, 'data'));
    const connection = await Connection.open(dialUrl(server.url));
    await connection.request('account.register', { name: 'ada', password: 'correct horse', device: 'test' });
    const { sync } = await connection.request('room.create', { alias: 'ops', clientId: 'create' });
    for (let sent = 0; sent < messages; ) {
      for (let i = 0; i < atOnce; i++, sent++) {
        const clientId = `message-${sent}-of-the-trace`;
        const body = { text: 'hello' };
        replies.set(await connection.send('message.send', { room: sync.room.id, clientId, body }), clientId);
      }
      // An acknowledgement and an event for each.
      for (let heard = 0; heard < atOnce * 2; ) {
        const frame = await connection.next();
        assert.ok(frame && !('error' in frame));
        if (!('event' in frame) || frame.event === 'entry.appended') heard++;
      }
    }
    connection.link.close('done');
    await server.stop();
    const traced = callsOf(await readFile(file, 'utf8'));
    for (const [id, clientId] of replies) {
      const stored = traced.find(({ name, text }) => name === 'pwrite64' && text.includes(clientId));
      assert.ok(stored, `${clientId} is written to the database`);
      const synced = traced.find((call) => isSync(call) && call.fd === stored.fd && call.began > stored.ended);
      assert.ok(synced, `${clientId} is synced`);
      const reply = `{\\"id\\":${id},\\"reply\\":{\\"outcome\\":\\"entry\\"`;
      const acked = traced.find((call) => isTold(call) && call.text.includes(reply));
      const told = traced.find((call) => isTold(call) && call.text.includes(`\\"clientId\\":\\"${clientId}\\"`));
      assert.ok(acked && acked.began > synced.ended, `${clientId} is acknowledged after it is synced`);
      assert.ok(told && told.began > synced.ended, `${clientId} is told after it is synced`);
    }
  } finally {
    await prepared.kill();
    await rm(folder, { recursive: true, force: true });
  }
});
