import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { type Payload, Refusal, type ServerEvent } from '@parley/protocol';
import type { ChannelLine } from './api.ts';
import { memoryStore } from './store-memory.ts';
import { calm, type Setting, setting } from './testing/setting.ts';

const name = 'lobby';
const run = new Uint8Array(8);
const nowhere = { here: 1, servers: [] };
const far = `${'b'.repeat(51)}a`;

/** A server with channels, as far as the client needs to be answered. */
function withChannels(all: Setting): { asked: string[]; refuse: Map<string, Refusal> } {
  const asked: string[] = [];
  const refuse = new Map<string, Refusal>();
  let seq = 0;
  all.server.before = (request, payload, visitor) => {
    if (!request.startsWith('channel.')) return undefined;
    asked.push(`${request} ${(payload as { name: string }).name}`);
    const refusal = refuse.get(request);
    if (refusal) throw refusal;
    if (request === 'channel.leave') return {};
    if (request === 'channel.list') return { reach: nowhere, people: [] };
    if (request === 'channel.join') return { reach: nowhere };
    const { text, clientId } = payload as Payload<'channel.send'>;
    const { user, name: by } = visitor.me!;
    const said = { name, user, by, run, seq: ++seq, at: 5, text, clientId };
    all.server.tell(visitor, { event: 'channel.said', payload: said });
    return { run, seq, at: 5, reach: nowhere };
  };
  return { asked, refuse };
}

const words = (line: ChannelLine): string =>
  line.type === 'said' ? `${line.name}: ${line.text} (${line.state})` : `gap of ${line.missed ?? 'unknown'}`;

const said = (text: string, seq: number, user = `${'x'.repeat(16)}.${far}`): ServerEvent => ({
  event: 'channel.said',
  payload: { name, user, by: 'zoe', server: far.slice(0, 8), run, seq, at: 7, text },
});

test('a channel shows what was said since one joined, one’s own words in the same frame', async () => {
  const all = setting(drain);
  const { asked } = withChannels(all);
  const ada = await all.ada();
  const channel = await ada.joinChannel('~Lobby');
  assert.equal(await ada.joinChannel('lobby'), channel);
  assert.equal(ada.channel('~lobby'), channel);
  assert.deepEqual(asked, ['channel.join lobby']);
  const sent = channel.send('hello');
  assert.deepEqual(channel.lines.get().map(words), ['ada: hello (sending)']);
  await sent;
  all.server.tellAll('ada', said('hi', 1));
  all.server.tellAll('ada', { event: 'channel.gap', payload: { ...gapOf('zoe'), missed: 2 } });
  all.server.tellAll('ada', said('there', 4));
  await all.runtime.settle();
  assert.deepEqual(channel.lines.get().map(words), [
    'ada: hello (sent)',
    'zoe: hi (sent)',
    'gap of 2',
    'zoe: there (sent)',
  ]);
  const [own, other] = channel.lines.get();
  assert.deepEqual(own?.type === 'said' && [own.mine, own.server], [true, undefined]);
  assert.deepEqual(other?.type === 'said' && [other.mine, other.server], [false, far.slice(0, 8)]);
  await channel.leave();
  assert.deepEqual(ada.channels.get(), []);
  await ada.close();
});

const gapOf = (by: string) => ({ name, user: `${'x'.repeat(16)}.${far}`, by, server: far.slice(0, 8) });

test('what is refused or cannot be sent is shown as not said, and never said later', async () => {
  const all = setting(drain);
  const { refuse, asked } = withChannels(all);
  const ada = await all.ada();
  const channel = await ada.joinChannel(name);
  refuse.set('channel.send', new Refusal('too-fast', { retryAfterMs: 10 }));
  await assert.rejects(channel.send('too much'), { code: 'too-fast' });
  const [line] = channel.lines.get();
  assert.deepEqual(line?.type === 'said' && [line.state, line.code], ['failed', 'too-fast']);
  refuse.clear();
  all.server.drop();
  await all.runtime.settle();
  await assert.rejects(channel.send('offline'), { code: 'unavailable' });
  await calm(ada, all.runtime);
  await all.runtime.pass(60_000);
  assert.deepEqual(
    asked.filter((each) => each.startsWith('channel.send')),
    ['channel.send lobby'],
  );
  for (const { key } of channel.lines.get()) channel.discard(key);
  assert.deepEqual(channel.lines.get().map(words), ['gap of unknown']);
  await ada.close();
});

test('a new connection listens again, and shows that something may be missing', async () => {
  const all = setting(drain);
  const { asked, refuse } = withChannels(all);
  const ada = await all.ada();
  const channel = await ada.joinChannel(name);
  await ada.joinChannel('other');
  const heard: string[] = [];
  const stop = new AbortController();
  const following = (async () => {
    for await (const line of channel.heard(stop.signal)) heard.push(words(line));
  })();
  await all.runtime.settle();
  refuse.set('channel.join', new Refusal('too-fast', { retryAfterMs: 2_000 }));
  all.server.drop();
  await calm(ada, all.runtime);
  refuse.clear();
  await all.runtime.pass(2_000);
  all.server.tellAll('ada', said('back', 9));
  await all.runtime.settle();
  stop.abort();
  await following;
  assert.deepEqual(heard, ['gap of unknown', 'zoe: back (sent)']);
  assert.equal(asked.filter((each) => each === 'channel.join other').length, 3);
  await ada.close();
  assert.equal(all.runtime.timers, 0);
});

test('a channel that is not let in is none, and one that is no more is left', async () => {
  const all = setting(drain);
  const { refuse } = withChannels(all);
  const ada = await all.ada();
  refuse.set('channel.join', new Refusal('too-many'));
  await assert.rejects(ada.joinChannel(name), { code: 'too-many' });
  await assert.rejects(ada.joinChannel('no such name!'), { code: 'bad-request' });
  assert.deepEqual(ada.channels.get(), []);
  refuse.clear();
  await ada.joinChannel(name);
  refuse.set('channel.join', new Refusal('too-many'));
  all.server.drop();
  await calm(ada, all.runtime);
  await all.runtime.settle();
  assert.deepEqual(ada.channels.get(), []);
  await ada.close();
});

test('nothing of a channel is in the store, and another account sees none of it (S11)', async () => {
  const all = setting(drain);
  withChannels(all);
  const store = memoryStore();
  const ada = await all.ada(store);
  const channel = await ada.joinChannel('secret-place');
  await channel.send('canary of mine');
  const payload = { ...(said('canary of zoe', 1).payload as Payload<'channel.said'>), name: channel.name };
  all.server.tellAll('ada', { event: 'channel.said', payload });
  await all.runtime.settle();
  assert.ok(channel.lines.get().length >= 2);
  all.server.drop();
  await assert.rejects(channel.send('canary offline'));
  await all.runtime.pass(10_000);
  const kept = (await store.list('')).map(([key, value]) => `${key} ${new TextDecoder().decode(value)}`).join('\n');
  assert.ok(kept.length > 0);
  assert.doesNotMatch(kept, /canary|secret-place/);
  await ada.signOut();
  assert.deepEqual(ada.channels.get(), []);
  await ada.close();
});
