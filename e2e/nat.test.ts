/** Servers at home, behind routers that translate addresses, and one that is public, in one room: real processes. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Machine } from './machine.ts';
import { type Host, Net, noNamespaces } from './namespaces.ts';

/** The one person on each machine. */
const owner = 'owner';

/** Asks until it is so: how long processes take is not for a test to say. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(200);
}

/** Through which server one is linked with another: null for directly, undefined for not at all. */
async function relayOf(of: Machine, to: Machine): Promise<unknown> {
  const peer = (await of.json(owner, 'peers')).find(({ server, state }) => server === to.id && state === 'connected');
  return peer?.relay;
}

interface Network {
  /** Public, and relays of the others. */
  open: Machine;
  spare: Machine;
  /** Each behind a router of its own. */
  one: Machine;
  two: Machine;
}

async function network(net: Net, folder: string, stack: AsyncDisposableStack): Promise<Network> {
  const machine = (name: string, host: Host, ...words: string[]): Machine =>
    stack.use(new Machine(host, name, join(folder, name), words));
  const place = await net.host();
  await machine('directory', place, '--host', '0.0.0.0').startDirectory();
  const known = ['--directory', Machine.publicUrl(place)];
  const open = async (name: string): Promise<Machine> => {
    const host = await net.host();
    return machine(name, host, '--host', '0.0.0.0', '--public-url', Machine.publicUrl(host), ...known);
  };
  const home = async (name: string): Promise<Machine> => machine(name, await net.hostBehindNat(), ...known);
  const made = { open: await open('open'), spare: await open('spare'), one: await home('one'), two: await home('two') };
  await Promise.all(Object.values(made).map((each) => each.start(owner)));
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
      const [self] = await home.json(owner, 'identity', '--server', home.url);
      const relays = (self?.relays ?? []) as { server: string }[];
      assert.deepEqual(self?.addresses, []);
      return relays.length === 2 && [open, spare].every(({ id }) => relays.some(({ server }) => server === id));
    });

  // Who is found by nothing but its id hosts a room.
  const room = `#ops:${one.id}`;
  await one.parley(owner, 'create', 'ops');
  const all = [open, one, two];
  for (const each of [open, two]) await each.parley(owner, 'join', room);
  const watchers = all.map((each) => each.watch(owner, room));
  const texts: string[] = [];
  const say = async (from: Machine, text: string): Promise<void> => {
    texts.push(text);
    await from.parley(owner, 'send', room, text);
  };
  const allHear = (): Promise<void> => until(() => watchers.every((each) => each.texts.length >= texts.length));
  for (const [i, each] of all.entries()) await say(each, `hello from ${i}`);
  await allHear();
  const carrier = await relayOf(two, one);
  assert.ok([open.id, spare.id].includes(String(carrier)), 'neither can dial the other');
  assert.equal(await relayOf(open, one), null, 'who can dial needs no relay');
  assert.match((await open.parley(owner, 'peers')).stderr, /^2 reached through this server, over \d circuits/);

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

  const again = all.map((each) => each.watch(owner, room));
  await until(() => again.every((each) => each.texts.length >= texts.length));
  const [first] = again;
  for (const each of again) assert.deepEqual(each.texts, first?.texts, 'in one order everywhere');
  assert.deepEqual(first?.texts.toSorted(), texts.toSorted(), 'and each once');
});
