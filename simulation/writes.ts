// One fixed story with every kind of write, run once undisturbed and then once for each write with a crash right before
// and right after it. Everybody tries again what failed. The end must always be the same (S12).
import assert from 'node:assert/strict';
import type { Client } from '@parley/client';
import type { MessageRef, Payload, RequestName } from '@parley/protocol';
import { checkDisk } from './check/disk.ts';
import { checkHeard } from './check/heard.ts';
import type { Moment } from './disk.ts';
import { Home } from './home.ts';
import { password, Scene } from './scene.ts';
import { World } from './world.ts';

export interface Ending {
  /** The logs in words that do not depend on chance or time. */
  logs: string[];
  writes: number;
  lives: number;
}

/** Runs the story; `crash` strikes at the write of that number. */
export async function tellStory(crash?: { write: number; moment: Moment }): Promise<Ending> {
  const world = new World(1);
  const home = new Home(world, 'home', { loadedRooms: 1 });
  const scene = new Scene(world, home);
  home.disk.strikes = (write, moment) => {
    if (!crash || write !== crash.write || moment !== crash.moment) return false;
    world.clock.setTimer(() => void home.start(), 1_000);
    return true;
  };
  try {
    void home.start();
    await new Story(scene).run();
    await world.clock.pass(60_000);
    world.check();
    const logs = await checkDisk(home.disk);
    checkHeard(scene.heard, logs);
    return { logs: await describe(scene), writes: home.disk.writes, lives: home.lives };
  } finally {
    home.crash();
    for (const device of scene.devices) device.kill();
  }
}

/** Throws when any crash leads elsewhere. */
export async function crashAroundEveryWrite(): Promise<void> {
  const undisturbed = await tellStory();
  assert.equal(undisturbed.lives, 1);
  assert.ok(undisturbed.writes > 30, String(undisturbed.writes));
  for (let write = 1; write <= undisturbed.writes; write++)
    for (const moment of ['before', 'after'] as const) {
      const where = `crashed ${moment} write ${write}`;
      const ended = await tellStory({ write, moment }).catch((error) => {
        throw new Error(where, { cause: error });
      });
      assert.equal(ended.lives, 2, where);
      assert.deepEqual(ended.logs, undisturbed.logs, where);
    }
}

class Story {
  readonly #scene: Scene;
  #drawn = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  async run(): Promise<void> {
    const [ada, ben] = [await this.#enters('ada'), await this.#enters('ben')];
    const [adaId, benId] = [ada, ben].map((client) => client.me.get()!.user) as [string, string];
    const square = await this.#makes(ada, 'square');
    await this.#steadily(() => ben.join('#square'));
    const first = await this.#says(ada, square, 'hello', [benId]);
    const second = await this.#says(ben, square, 'good evening');
    await this.#acts(ada, 'edit', square, first, (room, clientId) => room.edit(first, 'hello all', { clientId }));
    await this.#acts(ben, 'react', square, first, (room, clientId) => room.react(first, '👋', { clientId }));
    await this.#acts(ada, 'pin', square, second, (room, clientId) => room.pin(second, { clientId }));
    await this.#asks(ben, 'marker.set', { room: square, seq: 3 });
    await this.#asks(ada, 'room.settings', { room: square, clientId: 's1', alias: 'piazza', title: 'The square' });
    await this.#asks(ada, 'member.mute', { room: square, user: benId, clientId: 'u1', durationMs: 30_000 });
    await this.#scene.world.clock.pass(35_000);
    await this.#says(ben, square, 'as I was saying');
    await this.#asks(ada, 'member.ban', { room: square, user: benId, clientId: 'b1', durationMs: 30_000 });
    await this.#scene.world.clock.pass(35_000);
    await this.#steadily(() => ben.join('#piazza'));
    await this.#asks(ada, 'member.setRole', { room: square, user: benId, clientId: 'r1', role: 'admin' });
    const chamber = await this.#makes(ben, 'chamber', { joinRule: 'invite' });
    await this.#asks(ben, 'member.invite', { room: chamber, user: adaId, clientId: 'i1' });
    await this.#steadily(() => ada.join(chamber));
    await this.#says(ada, chamber, 'between us');
    await this.#acts(ada, 'redact', square, first, (room, clientId) => room.redact(first, 'why', { clientId }));
    await this.#asks(ada, 'room.leave', { room: square, clientId: 'l1' }, 'not-a-member');
    await this.#asks(ben, 'account.setProfile', { display: 'Benvolio' });
    await this.#asks(ada, 'account.erase', { password, confirm: true }, 'session-ended', 'not-signed-in');
  }

  async #enters(name: string): Promise<Client> {
    const person = this.#scene.person(name, 1);
    const client = person.devices[0]!.start();
    await this.#steadily(async () => {
      if (client.me.get()) return;
      // An account that was made before the crash is there; its owner signs in.
      await client.register({ name, password }).catch((error) => {
        if (codeOf(error) !== 'name-taken') throw error;
        return client.signIn({ name, password });
      });
    });
    return client;
  }

  async #makes(client: Client, alias: string, more: { joinRule?: 'invite' } = {}): Promise<string> {
    let id = '';
    await this.#steadily(async () => {
      id = (await client.create({ alias, ...more })).id;
    });
    return id;
  }

  async #says(client: Client, room: string, text: string, mentions: string[] = []): Promise<MessageRef> {
    const ref = { user: client.me.get()!.user, clientId: `said-${++this.#drawn}` };
    await this.#acts(client, 'send', room, ref, (on) => on.send({ text, mentions }, { clientId: ref.clientId }));
    return ref;
  }

  #acts(
    client: Client,
    what: string,
    room: string,
    _on: MessageRef,
    act: (room: NonNullable<ReturnType<Client['room']>>, clientId: string) => Promise<unknown>,
  ): Promise<void> {
    const clientId = `${what}-${++this.#drawn}`;
    return this.#steadily(async () => {
      const on = client.room(room);
      if (!on) throw new Error(`not in ${room} yet`);
      await act(on, clientId);
    });
  }

  /** Asks until it is answered; `done` are the refusals that say that it was done before. */
  #asks<N extends RequestName>(client: Client, name: N, payload: Payload<N>, ...done: string[]): Promise<void> {
    return this.#steadily(async () => {
      await client.request(name, payload).catch((error) => {
        if (!done.includes(codeOf(error))) throw error;
      });
    }, done);
  }

  /** Tries until it works. */
  async #steadily(attempt: () => Promise<unknown>, done: readonly string[] = []): Promise<void> {
    let last: unknown;
    for (let tries = 0; tries < 60; tries++) {
      try {
        await this.#scene.sure('a step of the story', attempt());
        return;
      } catch (error) {
        last = error;
      }
      if (done.length > 0 && this.#scene.devices.some((device) => device.client.status.get().state === 'closed'))
        return;
      await this.#scene.world.clock.pass(1_000);
    }
    throw new Error('a step of the story never works', { cause: last });
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);

/** Logs and derived rows by names instead of ids. */
async function describe({ home, rooms, people }: Scene): Promise<string[]> {
  void rooms;
  const logs = await checkDisk(home.disk);
  const known = await home.disk.rows<{ id: string; label: string; n: number; erased: number }>(
    'SELECT id, label, n, erased FROM person',
  );
  const names = new Map<string, string>(known.map(({ id, label }) => [id, label]));
  for (const { id, entries } of logs) {
    const data = entries[0]!.act!.data as { alias: string; nonce: string };
    names.set(id, data.alias);
    names.set(data.nonce, 'nonce');
  }
  const inWords = (value: unknown): string =>
    [...names].reduce((text, [id, name]) => text.replaceAll(id, name), JSON.stringify(value) ?? '');
  const lines = logs.map(({ row, entries }) =>
    entries
      .map(({ act, body }) => inWords([act?.kind, act?.user, act?.data, act?.target, body]))
      .concat(inWords(row.alias)),
  );
  const markers = await home.disk.rows<{ person: number; room: number; seq: number }>('SELECT * FROM marker');
  const mentions = await home.disk.rows<{ person: number; room: number; seq: number }>('SELECT * FROM mention');
  const number = new Map([
    ...known.map(({ n, label }) => [n, label] as const),
    ...logs.map(({ n, id }) => [n, names.get(id)!] as const),
  ]);
  const rows = [...markers, ...mentions].map(
    ({ person, room, seq }) => `${number.get(person)} ${number.get(room)} ${seq}`,
  );
  const erased = known.map(({ label, erased }) => `${label} ${erased}`);
  void people;
  return [...lines.map((each) => each.join('\n')).sort(), rows.sort().join('\n'), erased.sort().join('\n')];
}
