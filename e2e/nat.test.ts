/** Servers at home, behind routers that translate addresses, and one that is public, in one room: real processes. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Host, Net, noNamespaces } from './namespaces.ts';
import { Station } from './station.ts';

/** Asks until it is so: how long processes take is not for a test to say. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(200);
}

/** Through which server one is linked with another: null for directly, undefined for not at all. */
async function relayOf(of: Station, to: Station): Promise<unknown> {
  const peer = (await of.json('peers')).find(({ server, state }) => server === to.id && state === 'connected');
  return peer?.relay;
}

interface Network {
  /** Public, and relays of the others. */
  open: Station;
  spare: Station;
  /** Each behind a router of its own. */
  one: Station;
  two: Station;
}

async function network(net: Net, folder: string, stack: AsyncDisposableStack): Promise<Network> {
  const station = async (name: string, host: Host, ...words: string[]): Promise<Station> => {
    await mkdir(join(folder, name));
    return stack.use(new Station(host, join(folder, name), words));
  };
  const machine = await net.host();
  const directory = await station('directory', machine, '--host', '0.0.0.0');
  await directory.startDirectory();
  const known = ['--directory', `http://${machine.address}:8080`];
  const open = async (name: string): Promise<Station> => {
    const host = await net.host();
    return station(name, host, '--host', '0.0.0.0', '--public-url', `http://${host.address}:8080`, ...known);
  };
  const home = async (name: string): Promise<Station> => station(name, await net.hostBehindNat(), ...known);
  const made = { open: await open('open'), spare: await open('spare'), one: await home('one'), two: await home('two') };
  // The first one builds the web app, if nobody has.
  const [first, ...rest] = Object.values(made);
  await first?.start('first');
  await Promise.all(rest.map((each) => each.start('first')));
  return made;
}

test('servers behind NAT are found, joined and written to, and host rooms', {
  skip: noNamespaces,
  timeout: 480_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-nat-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const net = stack.use(await Net.open());
  const { open, spare, one, two } = await network(net, folder, stack);

  for (const home of [one, two])
    await until(async () => {
      const [self] = await home.json('identity', '--server', 'http://127.0.0.1:8080');
      const relays = (self?.relays ?? []) as { server: string }[];
      assert.deepEqual(self?.addresses, []);
      return relays.length === 2 && [open, spare].every(({ id }) => relays.some(({ server }) => server === id));
    });

  // Who is found by nothing but its id hosts a room.
  const room = `#ops:${one.id}`;
  await one.parley('create', 'ops');
  const all = [open, one, two];
  for (const each of [open, two]) await each.parley('join', room);
  const watchers = all.map((each) => each.watch(room));
  const texts: string[] = [];
  const say = async (from: Station, text: string): Promise<void> => {
    texts.push(text);
    await from.parley('send', room, text);
  };
  const allHear = (): Promise<void> => until(() => watchers.every((each) => each.texts.length >= texts.length));
  for (const [i, each] of all.entries()) await say(each, `hello from ${i}`);
  await allHear();
  const carrier = await relayOf(two, one);
  assert.ok([open.id, spare.id].includes(String(carrier)), 'neither can dial the other');
  assert.equal(await relayOf(open, one), null, 'who can dial needs no relay');
  assert.match((await open.parley('peers')).stderr, /^2 reached through this server, over \d circuits/);

  // The relay dies in the middle of it, and the other one carries on.
  const [relay, other] = carrier === open.id ? [open, spare] : [spare, open];
  await say(two, 'before');
  await relay.kill();
  await say(two, 'while nobody carries it');
  await say(one, 'at home');
  await until(async () => (await relayOf(two, one)) === other.id);
  await say(two, 'by another way');
  await relay.start();

  // And the host itself.
  await one.kill();
  await say(two, 'to nobody yet');
  await one.start();
  await say(one, 'back');

  const again = all.map((each) => each.watch(room));
  await until(() => again.every((each) => each.texts.length >= texts.length));
  const [first] = again;
  for (const each of again) assert.deepEqual(each.texts, first?.texts, 'in one order everywhere');
  assert.deepEqual(first?.texts.toSorted(), texts.toSorted(), 'and each once');
});
