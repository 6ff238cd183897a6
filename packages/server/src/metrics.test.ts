import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMetricsDoor } from './doors/metrics.ts';
import { TestHomes } from './federation/testing-homes.ts';
import { silentLog } from './log.ts';
import { runtime } from './runtime.ts';

const sampleOf = (text: string, line: string): number => {
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  assert.ok(found, `${line} is missing`);
  return Number(found.slice(line.length + 1));
};

describe('metrics', () => {
  it('count links, queues, what waits and what is stored, and name neither people nor rooms nor texts', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada-the-person');
    const bob = await two.server.account('bob-the-person');
    const room = await ada.createRoom('secret-room');
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await ada.request('message.send', { room, clientId: 'm', body: { text: 'canary' } });
    await homes.settled();
    const told = await one.server.home.metrics();
    assert.equal(sampleOf(told, 'parley_connections'), 1);
    assert.equal(sampleOf(told, 'parley_entries_appended_total'), 3);
    assert.equal(sampleOf(told, 'parley_peers{state="connected"}'), 1);
    assert.equal(sampleOf(told, 'parley_feeds'), 1);
    assert.equal(sampleOf(told, 'parley_feed_entries_under_way'), 0);
    assert.equal(sampleOf(told, `parley_link_queue_bytes{server="${two.id}",priority="message"}`), 0);
    assert.ok(sampleOf(told, `parley_link_sent_bytes_total{server="${two.id}"}`) > 0);
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    await bob.request('message.send', { room, clientId: 'b', body: { text: 'canary' } });
    await homes.advance(5_000, 1_000);
    const waiting = await two.server.home.metrics();
    assert.equal(sampleOf(waiting, 'parley_outbox_acts'), 1);
    assert.equal(sampleOf(waiting, 'parley_outbox_rooms'), 1);
    assert.equal(sampleOf(waiting, 'parley_outbox_oldest_seconds'), 5);
    assert.equal(sampleOf(waiting, 'parley_rooms_still'), 0);
    assert.equal(sampleOf(waiting, 'parley_entries_forbidden_total'), 0);
    for (const text of [told, waiting])
      for (const word of ['person', 'secret', 'canary', room]) assert.ok(!text.includes(word), word);
    for (const line of told.trim().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[a-z0-9]+"(,[a-z]+="[a-z]+")?\})? [0-9.e+-]+)$/);
  });

  it('are told on a port of this machine, and a failure is not', async () => {
    let fails = false;
    const door = await openMetricsDoor({
      port: 0,
      text: async () => {
        if (fails) throw new Error('a secret');
        return 'parley_connections 1\n';
      },
      runtime,
      log: silentLog,
      drainMs: 100,
    });
    try {
      assert.equal(door.address.host, '127.0.0.1');
      const url = `http://127.0.0.1:${door.address.port}/metrics`;
      const told = await fetch(url);
      assert.equal(told.headers.get('content-type'), 'text/plain; version=0.0.4');
      assert.equal(await told.text(), 'parley_connections 1\n');
      assert.equal((await fetch(url, { method: 'POST' })).status, 405);
      fails = true;
      const failed = await fetch(url);
      assert.deepEqual([failed.status, await failed.text()], [500, '']);
    } finally {
      await door.close();
    }
  });
});
