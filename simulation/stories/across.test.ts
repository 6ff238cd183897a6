// Plays on two stages: homeservers that are linked, and people on each with the product's own client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, type MessageRow, type OutboxRow, type Room, roomLabel } from '@parley/client';
import { findPerson, run } from '@parley/client/command';
import type { Heard } from '../check/heard.ts';
import { Device } from '../device.ts';
import { Home } from '../home.ts';
import { password } from '../scene.ts';
import { Failure, World } from '../world.ts';

const patienceMs = 600_000;

/** Two towns; juliet lives in verona and made `#garden`, romeo in mantua. */
class Towns {
  readonly world = new World(1);
  readonly verona = new Home(this.world, 'verona', { loadedRooms: 100 });
  readonly mantua = new Home(this.world, 'mantua', { loadedRooms: 100, dials: ['verona'] });
  readonly #heard: Heard[] = [];
  readonly juliet = new Device(this.world, this.#heard, { name: 'juliet', home: 'verona' });
  readonly romeo = new Device(this.world, this.#heard, { name: 'romeo', home: 'mantua' });

  async open(): Promise<void> {
    await this.sure('verona starts', this.verona.start());
    await this.sure('mantua starts', this.mantua.start());
    for (const device of [this.juliet, this.romeo]) {
      device.start();
      await this.sure(`${device.name} registers`, device.client.register({ name: device.name, password }));
    }
    await this.sure('a garden', this.juliet.client.create({ alias: 'garden' }));
    const isLinked = () => this.romeo.client.resolve('#garden:verona').then(Boolean, () => false);
    while (!(await this.sure('a link', isLinked()))) await this.world.clock.pass(1_000);
  }

  async sure<T>(what: string, promise: Promise<T>): Promise<T> {
    let over = false;
    const done = promise.finally(() => {
      over = true;
    });
    done.catch(() => {});
    await this.until(what, () => over);
    return done;
  }

  async until(what: string, is: () => boolean): Promise<void> {
    assert.ok(await this.world.clock.until(is, patienceMs), `waited in vain: ${what}`);
  }

  close(): void {
    for (const device of [this.juliet, this.romeo]) device.kill();
    for (const home of [this.verona, this.mantua]) home.crash();
  }
}

function play(title: string, acts: (towns: Towns) => Promise<void>): void {
  test(title, async () => {
    const towns = new Towns();
    try {
      await towns.open();
      await acts(towns);
      towns.world.check();
    } catch (error) {
      throw new Failure(1, towns.world.clock.nowMs, error);
    } finally {
      towns.close();
    }
  });
}

const gardenOf = (client: Client): Room => {
  const room = client.room('#garden:verona');
  assert.ok(room);
  return room;
};
const states = (client: Client): OutboxRow['state'][] => client.outbox.get().map(({ state }) => state);
const wordsOf = (room: Room): string[] =>
  room
    .timeline()
    .get()
    .rows.filter((row): row is MessageRow => row.type === 'message')
    .map((row) => row.body?.text ?? '');

play('a room of another town is found by its name, joined and called by its town', async (towns) => {
  const { juliet, romeo } = towns;
  const room = await towns.sure('romeo comes', romeo.client.join('#garden:verona'));
  assert.equal(roomLabel(room.summary.get()), '#garden:verona');
  assert.equal(room.summary.get().view.server, towns.verona.id);
  assert.equal(romeo.client.room('#garden'), undefined);
  assert.equal(roomLabel(juliet.client.room('#garden')!.summary.get()), '#garden');
  assert.equal(juliet.client.room('#garden:verona')?.id, room.id);
  await assert.rejects(towns.sure('no orchard', romeo.client.join('#orchard:verona')), { code: 'not-found' });
  await assert.rejects(towns.sure('no padua', romeo.client.join('#garden:padua')), { code: 'not-found' });

  const garden = juliet.client.room('#garden')!;
  const sent = await towns.sure('romeo speaks', room.send('hist, @juliet:verona', { untilDecided: true }));
  assert.ok(sent !== 'queued');
  await towns.until('juliet is meant', () => garden.summary.get().mentions === 1);
  const romeosId = romeo.client.me.get()!.user;
  await towns.until('his town is known', () => juliet.client.servers.labelOf(romeosId) === 'mantua');
  const found = await towns.sure('romeo is known', findPerson(juliet.client, garden, '@romeo:mantua', 'server'));
  assert.equal(found, romeosId);
  const kicked = await towns.sure('he is sent away', run(juliet.client, garden, '/kick @romeo:mantua'));
  assert.deepEqual(kicked, { kind: 'done' });
  await towns.until('he is gone', () => romeo.client.room(room.id) === undefined);
});

play('what is queued outlives the device and is decided when the other town is back', async (towns) => {
  const { juliet, romeo, verona } = towns;
  await towns.sure('romeo comes', romeo.client.join('#garden:verona'));
  verona.crash();
  const first = await towns.sure('he speaks', gardenOf(romeo.client).send('one', { clientId: 'one' }));
  assert.equal(first, 'queued');
  await towns.sure('he speaks on', gardenOf(romeo.client).send('two'));
  await towns.world.clock.pass(2_000);
  romeo.kill();
  // Not even mantua answers, and still he is told what is true.
  towns.mantua.crash();
  romeo.start();
  await towns.until('his device knows', () => romeo.client.outbox.get().length === 2);
  assert.deepEqual(states(romeo.client), ['queued', 'queued']);
  assert.equal(gardenOf(romeo.client).summary.get().server?.label, 'verona');
  await towns.sure('mantua is back', towns.mantua.start());
  await towns.until('he is online', () => romeo.online);
  assert.deepEqual(states(romeo.client), ['queued', 'queued']);
  const decided = gardenOf(romeo.client).send('one', { clientId: 'one', untilDecided: true });
  await towns.sure('verona is back', verona.start());
  const sent = await towns.sure('it is decided', decided);
  assert.ok(sent !== 'queued');
  await towns.until('nothing waits', () => romeo.client.outbox.get().length === 0);
  await towns.until('juliet is back', () => juliet.online);
  const garden = juliet.client.room('#garden')!;
  await towns.until('juliet hears both', () => wordsOf(garden).length === 2);
  assert.deepEqual(wordsOf(garden), ['one', 'two']);
});

play('what the other town refuses after it was queued says why, and may be tried again or given up', async (towns) => {
  const { juliet, romeo, world } = towns;
  const room = await towns.sure('romeo comes', romeo.client.join('#garden:verona'));
  const garden = juliet.client.room('#garden')!;
  await towns.until('juliet sees him', () => garden.summary.get().view.members === 2);
  world.network.block('mantua', 'verona');
  world.network.block('verona', 'mantua');
  const decided = room.send('too late', { clientId: 'late', untilDecided: true });
  const outcome = decided.then(
    () => 'entered',
    (error) => error.code,
  );
  await towns.until('it is queued', () => states(romeo.client)[0] === 'queued');
  await towns.sure('more', room.send('and more', { clientId: 'more' }));
  await towns.sure('he is asked for', run(juliet.client, garden, '/mute @romeo'));
  world.network.unblock('mantua', 'verona');
  world.network.unblock('verona', 'mantua');
  assert.equal(await towns.sure('it is refused', outcome), 'muted');
  await towns.until('both failed', () => states(romeo.client).join() === 'failed,failed');
  assert.deepEqual(
    romeo.client.outbox.get().map(({ code }) => code),
    ['muted', 'muted'],
  );
  await towns.sure('he gives one up', romeo.client.discard({ room: room.id, clientId: 'more' }));
  await towns.sure('he may speak', run(juliet.client, garden, '/unmute @romeo'));
  await towns.until('he knows', () => room.summary.get().view.me.mutedUntil === undefined);
  await towns.sure('he tries again', romeo.client.retry({ room: room.id, clientId: 'late' }));
  await towns.until('nothing waits', () => romeo.client.outbox.get().length === 0);
  await towns.until('juliet hears', () => wordsOf(garden).length > 0);
  assert.deepEqual(wordsOf(garden), ['too late']);
});
