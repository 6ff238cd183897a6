import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFederationFrame, type FramePayload, type QuestionReply } from '@parley/protocol';
import { type Act, decodeHeader, encodeAct, encodeStamp, envelopeHash, signBatch, zeroHash } from '@parley/room';
import { createCrypto } from '../crypto.ts';
import { identityFromSeed } from '../identity.ts';
import type { TestClient } from '../testing.ts';
import { TestHomes } from './testing-homes.ts';
import type { Stranger } from './testing-stranger.ts';

const receipts = ({ events }: TestClient): string[] =>
  events.flatMap(({ event, payload }) =>
    event === 'receipt.changed' ? payload.readers.map(({ name, seq }) => `${name} ${seq}`) : [],
  );
const listed = async (client: TestClient, room: string): Promise<string[]> =>
  (await client.request('receipt.list', { room })).readers.map(({ name, seq }) => `${name} ${seq}`).sort();

/** Ada keeps a room at one, bob of two is in it; eight entries. */
async function scene(homes: TestHomes) {
  const one = await homes.home(1);
  const two = await homes.home(2, [1]);
  const ada = await one.server.account('ada');
  const bob = await two.server.account('bob');
  for (const client of [ada, bob]) await client.request('sync.start', { rooms: {} });
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId: 'j', server: one.id });
  for (let i = 0; i < 5; i++) await ada.request('message.send', { room, clientId: `m${i}`, body: { text: 'x' } });
  await homes.advance(2_000);
  for (const client of [ada, bob]) client.events.length = 0;
  return { one, two, ada, bob, room };
}

describe('receipts across servers', () => {
  it('are told to who looks, as they move, and asked for when somebody looks first', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room } = await scene(homes);
    await bob.request('marker.set', { room, seq: 4 });
    await homes.advance(2_000);
    assert.deepEqual(receipts(ada), [], 'nobody has looked');
    assert.deepEqual(await listed(ada, room), ['ada 7']);
    await homes.advance(2_000);
    assert.deepEqual(receipts(ada), ['bob 4']);
    assert.deepEqual(await listed(ada, room), ['ada 7', 'bob 4']);
    await bob.request('marker.set', { room, seq: 6 });
    await homes.advance(2_000);
    assert.deepEqual(receipts(ada), ['bob 4', 'bob 6']);
  });

  it('heal with the next link, and are taken back where they are not told any more', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room } = await scene(homes);
    await bob.request('marker.set', { room, seq: 4 });
    await listed(ada, room);
    await homes.advance(2_000);
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    await bob.request('marker.set', { room, seq: 7 });
    await homes.advance(2_000);
    assert.deepEqual(receipts(ada), ['bob 4']);
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    assert.deepEqual(receipts(ada), ['bob 4', 'bob 7']);
    await bob.request('privacy.set', { typing: true, presence: true, receipts: false });
    await homes.advance(2_000);
    assert.deepEqual(receipts(ada).slice(2), ['bob 0']);
    assert.deepEqual(await listed(ada, room), ['ada 7']);
  });

  it('of people who hide their presence and typing tell nothing of these either', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room } = await scene(homes);
    await bob.request('presence.set', { status: 'away' });
    await homes.settled();
    assert.equal((await ada.next('presence.changed')).status, 'away');
    await bob.request('privacy.set', { typing: false, presence: false, receipts: true });
    await homes.settled();
    assert.equal((await ada.next('presence.changed')).status, 'offline');
    ada.events.length = 0;
    await bob.request('typing.set', { room, typing: true });
    await bob.request('presence.set', { status: 'online' });
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    assert.deepEqual(ada.events, []);
    const { present } = await ada.request('presence.list', { room });
    assert.deepEqual(
      present.map(({ user }) => user),
      [ada.user],
    );
  });
});

const identity = identityFromSeed(new Uint8Array(32).fill(50));
const crypto = createCrypto(identity);

/** A server by hand that hands in acts in one room as its own, whoever they are of. */
class Forger {
  readonly server = identity.id;
  readonly stranger: Stranger;
  readonly #homes: TestHomes;
  readonly #room: string;
  #asked = 0;
  #last: { oseq: number; hash: Uint8Array } = { oseq: 0, hash: zeroHash };

  constructor(homes: TestHomes, stranger: Stranger, room: string) {
    this.#homes = homes;
    this.stranger = stranger;
    this.#room = room;
  }

  get user(): string {
    return `${'a'.repeat(16)}.${this.server}`;
  }

  /** What becomes of an act: an entry, the code of its tombstone, or why it has no outcome. */
  async submits(user: string, data: object): Promise<unknown> {
    const n = ++this.#asked;
    const act: Act = { room: this.#room, user, device: '', clientId: `f${n}`, kind: 'member', data, parts: [] };
    const actBytes = encodeAct(act);
    const { oseq, hash: prev } = this.#last;
    const stamp = encodeStamp({
      origin: this.server,
      incarnation: 0,
      oseq: oseq + 1,
      prev,
      after: { term: 0, seq: 0 },
    });
    const hash = envelopeHash(crypto, stamp, crypto.sha256(actBytes));
    const signature = signBatch(crypto, 'test', this.#room, { incarnation: 0, oseq: oseq + 1, hash });
    const envelopes = [{ stamp, act: actBytes, parts: [] }];
    const people = [{ user: this.user, name: 'eve' }];
    const payload = { room: this.#room, envelopes, signature, people };
    await this.stranger.say(encodeFederationFrame('ask', { n, ask: 'submit', payload }), 'decision');
    await this.#homes.settled();
    const answer = this.answer(n);
    if (!answer?.reply) return answer?.error?.code;
    const { state, outcomes } = answer.reply as QuestionReply<'submit'>;
    if (state !== 'decided') return state;
    this.#last = { oseq: oseq + 1, hash };
    const { what } = decodeHeader(outcomes[0]!);
    return what.type === 'tombstone' ? what.code : 'entry';
  }

  answer(n: number): FramePayload<'answer'> | undefined {
    for (const { frame } of this.stranger.heard)
      if (frame?.frame === 'answer' && frame.payload.n === n) return frame.payload;
    return undefined;
  }

  async says<N extends 'typing' | 'receipts' | 'append'>(name: N, payload: FramePayload<N>): Promise<void> {
    await this.stranger.say(encodeFederationFrame(name, payload), 'control');
    await this.#homes.advance(2_000);
  }

  /** Signals of these people, as this server's. */
  async signals(...users: string[]): Promise<void> {
    for (const user of users) await this.says('typing', { room: this.#room, user, active: true });
    await this.says('receipts', { room: this.#room, readers: users.map((user) => ({ user, seq: 3 })) });
  }
}

describe('a server that speaks for others', () => {
  it('receipts, typing, leaves, kicks from the wrong server are refused', async () => {
    await using homes = new TestHomes();
    const { one, ada, bob, room } = await scene(homes);
    await listed(ada, room);
    await listed(bob, room);
    await homes.advance(2_000);
    for (const client of [ada, bob]) client.events.length = 0;
    const signalled = (): string[] =>
      [ada, bob].flatMap(({ events }) =>
        events.map(({ event }) => event).filter((event) => event === 'typing.changed' || event === 'receipt.changed'),
      );
    const leave = { change: 'leave', subject: bob.user };
    const kick = { change: 'kick', subject: bob.user };
    const eve = new Forger(homes, await homes.stranger(50, 1), room);

    // It has nobody in the room: nobody's signals are taken of it, its own people's neither.
    await eve.signals(eve.user, bob.user, ada.user);
    assert.deepEqual(signalled(), []);
    assert.equal(await eve.submits(bob.user, leave), 'closed');
    assert.equal(await eve.submits(ada.user, kick), 'closed');
    await eve.stranger.say(encodeFederationFrame('ask', { n: 99, ask: 'receipts', payload: { room } }), 'control');
    await homes.settled();
    assert.equal(eve.answer(99)?.error?.code, 'not-found');

    // It has: then of its own people, and of no others.
    assert.equal(await eve.submits(eve.user, { change: 'join', subject: eve.user }), 'entry');
    await eve.signals(bob.user, ada.user);
    assert.deepEqual(signalled(), []);
    assert.equal(await eve.submits(bob.user, leave), 'forbidden');
    assert.equal(await eve.submits(ada.user, kick), 'forbidden');
    assert.equal(await eve.submits(eve.user, kick), 'forbidden');
    await eve.signals(eve.user);
    assert.deepEqual(signalled(), ['typing.changed', 'receipt.changed']);
    assert.deepEqual(receipts(ada), ['eve 3']);

    // Nor is it believed by another server of the room whose log it does not keep.
    const atTwo = new Forger(homes, await homes.stranger(50, 2), room);
    ada.events.length = 0;
    await atTwo.signals(bob.user, ada.user);
    await atTwo.says('append', { room, lines: [{ header: new Uint8Array(64), parts: [] }], people: [] });
    assert.deepEqual(signalled(), []);
    for (const client of [ada, bob]) assert.equal((await client.request('room.get', { room })).room.members, 3);
    await bob.request('message.send', { room, clientId: 'still', body: { text: 'still here' } });
    await homes.settled();
    const text = (client: TestClient) => client.events.some(({ event }) => event === 'entry.appended');
    assert.ok(text(ada) && text(bob));
    assert.equal((await bob.request('room.get', { room })).room.server, one.id);
  });
});
