import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeFrame, Refusal, readServerRecord } from '@parley/protocol';
import { startMs, testRecord } from '../federation/testing-record.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { bounds } from './bounds.ts';
import { testDirectory, type Visitor } from './testing-directory.ts';

const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;
/** Lets everything happen that is due now. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const idsOf = async (visitor: Visitor, since = 0): Promise<string[]> => {
  const { entries } = await visitor.request('list', { since, limit: 100 });
  return entries.map(({ record }) => readServerRecord(record).record.server);
};

describe('a directory', () => {
  test('relays servers to all who watch: that they join, change and leave', async () => {
    const directory = await testDirectory();
    const [ada, bob] = [await directory.visitor(1), await directory.visitor(2)];
    assert.equal((await ada.announce()).accepted, true);
    await ada.request('watch', {});
    await bob.announce({ name: 'b.example' });
    const joined = await ada.next();
    assert.equal(joined.event, 'joined');
    assert.ok('record' in joined.payload);
    assert.deepEqual(joined.payload.record, testRecord(2, { name: 'b.example' }).sealed, 'as it was signed');
    await bob.announce({ name: 'c.example', version: startMs + 1 });
    const changed = await ada.next();
    assert.equal(changed.event, 'changed');
    assert.ok(changed.payload.revision > joined.payload.revision);
    await bob.announce({ name: 'c.example', version: startMs + 1 });
    await bob.leave();
    const left = await ada.next();
    assert.deepEqual([left.event, 'server' in left.payload && left.payload.server], ['left', bob.id]);
    const { entries } = await ada.request('list', { since: 0, limit: 10 });
    assert.deepEqual(
      entries.map(({ present }) => present),
      [true, false],
      'what it signed holds until it expires',
    );
    await directory.close();
  });

  test('lists in pages since a revision, and nothing twice', async () => {
    const directory = await testDirectory();
    const visitors: Visitor[] = [];
    for (let seed = 1; seed <= 7; seed++) visitors.push(await directory.visitor(seed));
    for (const visitor of visitors) await visitor.announce();
    const reader = await directory.visitor(50);
    const seen: number[] = [];
    for (let since = 0, more = true; more; since = seen.at(-1) ?? 0) {
      const page = await reader.request('list', { since, limit: 3 });
      seen.push(...page.entries.map(({ revision }) => revision));
      more = page.more;
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7]);
    await visitors[2]!.announce({ version: startMs + 1 });
    assert.deepEqual(await idsOf(reader, 7), [visitors[2]!.id]);
    assert.equal((await idsOf(reader)).length, 7);
    await directory.close();
  });

  test('refuses a record that is not newer with the one to exceed', async () => {
    const directory = await testDirectory();
    const ada = await directory.visitor(1);
    await ada.announce({ version: startMs + 100 });
    const { accepted, newest } = await ada.announce({ version: startMs + 99, name: 'a.example' });
    assert.equal(accepted, false);
    assert.equal(readServerRecord(newest!).record.version, startMs + 100);
    assert.equal((await ada.announce({ version: startMs + 100, name: 'a.example' })).accepted, false);
    assert.equal((await ada.announce({ version: startMs + 101 })).accepted, true);
    await directory.close();
  });

  test('takes nothing from those who cannot prove the key: not a replay, not a forgery', async () => {
    const directory = await testDirectory();
    const [ada, mallory] = [await directory.visitor(1), await directory.visitor(2)];
    const { sealed } = testRecord(1);
    const said = { record: sealed, proof: ada.prove(sealed) };
    await assert.rejects(mallory.request('announce', said), refusedAs('bad-challenge'), 'of another connection');
    await assert.rejects(
      mallory.request('announce', { record: sealed, proof: mallory.prove(sealed) }),
      refusedAs('bad-challenge'),
    );
    const bent = Uint8Array.from(sealed);
    bent[bent.length - 1]! ^= 1;
    await assert.rejects(
      ada.request('announce', { record: bent, proof: ada.prove(bent) }),
      refusedAs('bad-request'),
      'signed by nobody',
    );
    for (const fields of [{ network: 'other' }, { expiresAt: startMs - 1 }, { expiresAt: startMs + 400 * 86_400_000 }])
      await assert.rejects(ada.announce(fields), refusedAs('bad-request'), JSON.stringify(fields));
    await assert.rejects(
      ada.request('announce', { record: new Uint8Array(100), proof: new Uint8Array(64) }),
      refusedAs('bad-request'),
    );
    await ada.announce();
    const other = testRecord(2).sealed;
    await assert.rejects(
      ada.request('announce', { record: other, proof: mallory.prove(other) }),
      refusedAs('bad-request'),
      'one server a connection',
    );
    assert.deepEqual(await idsOf(mallory), [ada.id]);
    await directory.close();
  });

  test('holds a server that breaks off for present as long as it may come back', async () => {
    const directory = await testDirectory();
    const [ada, bob] = [await directory.visitor(1), await directory.visitor(2)];
    await ada.request('watch', {});
    await bob.announce();
    await ada.next();
    bob.link.close('lost');
    for (const link of directory.accepted) if (link.peer.address === 's2') link.close('lost');
    await settled();
    directory.runtime.advance(bounds.graceMs - 1);
    await settled();
    assert.deepEqual(ada.events, []);
    const again = await directory.visitor(2);
    await again.announce();
    directory.runtime.advance(bounds.graceMs * 2);
    await settled();
    assert.deepEqual(ada.events, [], 'neither a leave nor a join');
    for (const link of directory.accepted) if (link.peer.address === 's2') link.close('lost');
    await settled();
    directory.runtime.advance(bounds.graceMs);
    assert.equal((await ada.next()).event, 'left');
    await directory.close();
  });

  test('forgets what has expired, and tells that who was there has left', async () => {
    const directory = await testDirectory();
    const [ada, bob] = [await directory.visitor(1), await directory.visitor(2)];
    await ada.request('watch', {});
    await bob.announce({ expiresAt: startMs + 30_000 });
    await ada.next();
    directory.runtime.advance(bounds.sweepMs);
    assert.equal((await ada.next()).event, 'left');
    assert.deepEqual(await idsOf(ada), []);
    await directory.close();
  });

  test('is the same book after a restart, and another one without its data', async () => {
    const first = await testDirectory();
    const ada = await first.visitor(1);
    await ada.announce();
    await first.close();
    const second = await testDirectory({ db: first.db, runtime: first.runtime });
    const back = await second.visitor(2);
    assert.equal(back.book, ada.book);
    assert.equal(second.book.revision, 1);
    await back.request('watch', {});
    const { entries } = await back.request('list', { since: 0, limit: 10 });
    assert.deepEqual(
      entries.map(({ present }) => present),
      [true],
      'it may come back',
    );
    second.runtime.advance(bounds.graceAfterStartMs);
    const left = await back.next();
    assert.deepEqual([left.event, left.payload.revision], ['left', 2]);
    await second.close();
    const other = await testDirectory({ runtime: createVirtualRuntime(5) });
    assert.notEqual((await other.visitor(1)).book, ada.book);
    await other.close();
  });

  test('is bounded: newcomers take the place of those who are away for longest, never of those who are there', async () => {
    const directory = await testDirectory({ servers: 2 });
    const visitors: Visitor[] = [];
    for (let seed = 1; seed <= 4; seed++) visitors.push(await directory.visitor(seed));
    const [ada, bob, eve, joe] = visitors as [Visitor, Visitor, Visitor, Visitor];
    await ada.announce();
    await bob.announce();
    await assert.rejects(eve.announce(), refusedAs('too-many'));
    await bob.leave();
    await settled();
    assert.equal((await eve.announce()).accepted, true);
    assert.deepEqual(await idsOf(ada), [ada.id, eve.id]);
    await assert.rejects(joe.announce(), refusedAs('too-many'));
    await directory.close();
  });

  test('slows down who asks too fast, by address', async () => {
    const directory = await testDirectory({ announceBurst: 2 });
    const ada = await directory.visitor(1);
    await ada.announce();
    await ada.announce();
    await assert.rejects(
      ada.announce(),
      (error) => error instanceof Refusal && error.code === 'too-fast' && (error.detail.retryAfterMs ?? 0) > 0,
    );
    assert.equal((await (await directory.visitor(2)).announce()).accepted, true, 'another address');
    await directory.close();
  });

  test('refuses what it does not know, and hangs up on what is no request', async () => {
    const directory = await testDirectory();
    const ada = await directory.visitor(1);
    await assert.rejects(ada.request('hello', { versions: [1] }), refusedAs('bad-request'));
    await assert.rejects(ada.request('list', { since: 0, limit: 100_000 }), refusedAs('bad-request'));
    await assert.rejects(ada.request('joined' as 'list', { since: 0, limit: 1 }), refusedAs('unknown-request'));
    const link = await directory.dial('raw')();
    await link.send(encodeFrame('cbor', { id: 1, request: 'list', payload: { since: 0, limit: 1 } }));
    await link.send(new Uint8Array([1, 2, 3]));
    assert.equal(await link.closed, 'bad-frame');
    const silent = await directory.dial('silent')();
    directory.runtime.advance(bounds.helloMs);
    assert.equal(await silent.closed, 'idle');
    await directory.close();
  });
});
