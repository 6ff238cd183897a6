// S11: what is said in channels and to keys is in no database image and no log line of any server that it passes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type TestHome, TestHomes } from './federation/testing-homes.ts';
import type { Log } from './log.ts';
import type { TestClient } from './testing.ts';

const canary = 'canary-31415';
const channel = `${canary}-channel`;

/** Everything that any level is told. */
function recording(lines: string[]): Log {
  const note = (fields: object, msg: string): void => {
    const text = JSON.stringify(fields, (_key, value) =>
      value instanceof Error ? `${value.stack} ${value.cause}` : value,
    );
    lines.push(`${msg} ${text}`);
  };
  return { debug: note, info: note, warn: note, error: note };
}

it('no server that words pass keeps or logs a word, or the name of the channel', async () => {
  await using homes = new TestHomes();
  const lines: string[] = [];
  const log = recording(lines);
  const all: TestHome[] = [];
  for (const [i, dials] of [[], [1], [2], [3], [4, 1]].entries()) all.push(await homes.home(i + 1, dials, { log }));
  const people: TestClient[] = [];
  for (const [i, home] of all.entries()) people.push(await home.server.account(`p${i}`));
  // The third one only passes on.
  for (const person of people.filter((_, i) => i !== 2)) await person.request('channel.join', { name: channel });
  await homes.advance(1_000);
  const say = (i: number, text: string) =>
    people[i]!.request('channel.send', { name: channel, clientId: `c${i}`, text });
  for (const [i] of people.entries()) await say(i, `${canary}-text-${i}`);
  await homes.advance(1_000);
  const heard = people[0]!.events.filter(({ event }) => event === 'channel.said').length;
  assert.equal(heard, people.length);

  await assert.rejects(say(0, `${canary}${'x'.repeat(5_000)}`), { code: 'bad-request' });
  homes.cut.add('s1>s2').add('s2>s1');
  await say(0, `${canary}-cut`);
  await homes.advance(60_000, 1_000);
  homes.cut.clear();
  await homes.advance(60_000, 1_000);
  await say(1, `${canary}-again`);
  await people[3]!.request('channel.list', { name: channel });
  const sealed = new TextEncoder().encode(`${canary}-sealed`);
  const key = new Uint8Array(32).fill(3);
  await assert.rejects(people[0]!.request('key.send', { key, sealed }), { code: 'nobody-there' });
  for (const person of people) await person.request('channel.leave', { name: channel });
  await homes.advance(1_000);

  assert.ok(lines.length > 10);
  assert.deepEqual(
    lines.filter((line) => line.includes(canary)),
    [],
  );
  for (const { db, name, server } of all) {
    assert.ok(!Buffer.from(db.image()).includes(canary), `the database of ${name}`);
    const metrics = await server.home.metrics();
    assert.match(metrics, /^parley_channels 0$/m);
    assert.ok(!metrics.includes(canary), `the metrics of ${name}`);
  }
});
