/**
 * Real processes on machines of a network of namespaces: a directory, two public servers and one behind a router that
 * translates addresses, people at terminals of each and in two browsers, and what happens to networks and processes.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { killed, parleyOn, printed } from './host-process.ts';
import { type LogLine, Machine } from './machine.ts';
import { type Host, Net, noNamespaces } from './namespaces.ts';
import type { Terminal } from './terminal-process.ts';
import { type Browser, noBrowser, openBrowser } from './web/browser.ts';

const directoryPort = 8090;
const paceMs = 200;
const pollMs = 500;

/** Somebody in a browser, in the one room. */
interface Guest {
  readonly name: string;
  readonly page: Page;
  readonly said: string[];
  /** What went wrong in the page. */
  readonly faults: string[];
}

/** `quay` is a room of the first server, `cove` one of the server behind NAT. */
interface World {
  readonly signal: AbortSignal;
  readonly directory: ChildProcess;
  readonly north: Machine;
  readonly south: Machine;
  readonly home: Machine;
  /** One for each of the three. */
  readonly terminals: readonly Terminal[];
  readonly guests: readonly Guest[];
  readonly rooms: ReadonlyMap<string, string>;
}

const quay = '#quay:north.example';
const cove = '#cove:home.example';
const rooms = [quay, cove];

/** Asks until it is so: how long processes take is not for a test to say. */
async function until(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await isSo())) await sleep(pollMs, undefined, { signal });
}

async function signUp(browser: Browser, url: string, name: string): Promise<Guest> {
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.setDefaultTimeout(60_000);
  await page.goto(`${url}/#/sign-up`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill('fog horn pepper quay');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody is waiting for you').waitFor();
  return { name, page, said: [], faults };
}

/** Types it; whether the server has it yet is the browser's to see to. */
async function types({ page, said }: Guest, text: string): Promise<void> {
  said.push(text);
  await page.locator('main textarea').fill(text);
  await page.keyboard.press('Enter');
  await sees(page, text);
}

const sees = (page: Page, text: string): Promise<void> =>
  page.locator('li[data-key]', { hasText: text }).last().waitFor();

async function serveDirectory(host: Host): Promise<ChildProcess> {
  const child = parleyOn(host, ['directory', '--host', '0.0.0.0', '--port', String(directoryPort), '--log', 'error']);
  await printed(child, /^listening on /);
  return child;
}

/** Builds it all, and takes it down in whatever state it is. */
async function inWorld({ signal }: TestContext, use: (world: World) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-network-'));
  const removed = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removed);
  const machines: Machine[] = [];
  let directory: ChildProcess | undefined;
  await using net = await Net.open();
  try {
    const place = await net.host();
    directory = await serveDirectory(place);
    const words = (name: string) => [
      '--host',
      '0.0.0.0',
      '--name',
      `${name}.example`,
      '--directory',
      `http://${place.address}:${directoryPort}`,
    ];
    for (const name of ['north', 'south', 'home']) {
      const host = name === 'home' ? await net.hostBehindNat() : await net.host();
      const reached = name === 'home' ? [] : ['--public-url', Machine.publicUrl(host)];
      machines.push(new Machine(host, name, join(folder, name), [...words(name), ...reached]));
    }
    const [north, south, home] = machines as [Machine, Machine, Machine];
    await Promise.all([north.start('ada'), south.start('ben'), home.start('cleo')]);
    await using one = await openBrowser({}, north.host.within);
    await using other = await openBrowser({}, home.host.within);
    const settled = await settle({ signal, directory, north, south, home }, one, other);
    await use(settled);
  } finally {
    await Promise.all([killed(directory), ...machines.map((machine) => machine.end())]);
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removed);
  }
}

const people = { north: 'ada', south: 'ben', home: 'cleo' };

/** Accounts, rooms and links: everybody in the rooms. */
async function settle(
  parts: Pick<World, 'signal' | 'directory' | 'north' | 'south' | 'home'>,
  one: Browser,
  other: Browser,
): Promise<World> {
  const { signal, north, south, home } = parts;
  for (const [machine, person] of [
    [north, 'ada'],
    [south, 'ben'],
    [home, 'cleo'],
  ] as const)
    await until(async () => (await machine.linked(person)) === 2, signal);
  await Promise.all([north.parley('ada', 'create', '#quay'), home.parley('cleo', 'create', '#cove')]);
  const terminals = [north.terminal('ada'), south.terminal('ben'), home.terminal('cleo')];
  const ids = new Map<string, string>();
  for (const terminal of terminals) for (const room of rooms) ids.set(room, await terminal.enter(room));
  const [dora, emil] = [await signUp(one, north.url, 'dora'), await signUp(other, home.url, 'emil')];
  await dora.page.goto(`${north.url}/#/r/quay`);
  await dora.page.getByRole('main').getByRole('button', { name: 'Join' }).click();
  await north.parley('ada', 'invite', '#quay', '@emil:home.example');
  await emil.page.getByRole('button', { name: 'Accept' }).click();
  for (const { page } of [dora, emil]) await page.locator('main textarea').waitFor();
  return { ...parts, terminals, guests: [dora, emil], rooms: ids };
}

/** What was said in a room so far, by everybody. */
const saidIn = ({ terminals, guests }: World, room: string): string[] => [
  ...terminals.flatMap(({ said }) => said.get(room) ?? []),
  ...(room === quay ? guests.flatMap(({ said }) => said) : []),
];

/** Every terminal is shown all that was said so far. */
async function allHear(world: World): Promise<void> {
  const { terminals, signal } = world;
  const hearing = rooms.flatMap((room) => {
    const said = saidIn(world, room);
    return terminals.map((terminal) => terminal.hears(world.rooms.get(room) ?? '', said, signal));
  });
  await Promise.all(hearing);
}

/** Everybody at a terminal talks in both rooms while `use` runs. */
async function whileAllTalk(world: World, name: string, use: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const talk = async (terminal: Terminal): Promise<void> => {
    for (let i = 1; !over.signal.aborted; i++) {
      await terminal.say(rooms[i % 2] ?? quay, `${terminal.person} ${name} ${i}`, world.signal);
      await sleep(paceMs, undefined, { signal: world.signal });
    }
  };
  const talking = Promise.all(world.terminals.map(talk));
  // Whoever fails ends it all: the others may be waiting for a server that nobody starts any more.
  await Promise.race([use(), talking.then(() => Promise.reject(new Error('everybody fell silent')))]);
  over.abort();
  await talking;
}

/** Resolves when somebody at a terminal has said some more. */
async function saysMore({ signal }: World, terminal: Terminal, count: number): Promise<void> {
  const total = (): number => [...terminal.said.values()].flat().length;
  const wanted = total() + count;
  await until(async () => total() >= wanted, signal);
}

async function talk(world: World): Promise<void> {
  const { terminals, guests, signal } = world;
  for (const room of rooms)
    for (const terminal of terminals) await terminal.say(room, `${terminal.person} is here`, signal);
  for (const guest of guests) await types(guest, `${guest.name} is here`);
  await allHear(world);
  for (const { page } of guests) for (const text of saidIn(world, quay)) await sees(page, text);
}

async function partition(world: World): Promise<void> {
  const { home, north, south, terminals, guests, signal } = world;
  await whileAllTalk(world, 'in the storm', async () => {
    await home.host.lose(30);
    await Promise.all(terminals.map((terminal) => saysMore(world, terminal, 15)));
    for (const guest of guests) await types(guest, `${guest.name} in the storm`);
    await home.host.unplug();
    // Until the others take it for away, and beyond.
    await until(async () => (await north.linked('ada')) === 1 && (await south.linked('ben')) === 1, signal);
    for (const guest of guests) await types(guest, `${guest.name} in the dark`);
    await Promise.all(terminals.map((terminal) => saysMore(world, terminal, 5)));
    await home.host.plug();
  });
  await allHear(world);
}

async function killOne(world: World, machine: Machine): Promise<void> {
  const { terminals, guests } = world;
  const person = people[machine.name as keyof typeof people];
  const others = terminals.filter((terminal) => terminal.person !== person);
  await whileAllTalk(world, `without ${machine.name}`, async () => {
    await Promise.all(terminals.map((terminal) => saysMore(world, terminal, 2)));
    await machine.kill();
    for (const guest of guests) await types(guest, `${guest.name} without ${machine.name}`);
    await Promise.all(others.map((terminal) => saysMore(world, terminal, 5)));
    await machine.start();
    await Promise.all(terminals.map((terminal) => saysMore(world, terminal, 3)));
  });
  await allHear(world);
}

/** What one server holds against what was said: all of it, once, everybody in their order. */
function check(world: World, room: string, log: readonly LogLine[], where: string): void {
  const texts = log.filter(({ kind }) => kind === 'message').map(({ text }) => text ?? '');
  const said = saidIn(world, room);
  assert.deepEqual(texts.toSorted(), said.toSorted(), `${where}: everything that was said in ${room}, once`);
  const speakers = [
    ...world.terminals.map((terminal) => terminal.said.get(room) ?? []),
    ...(room === quay ? world.guests.map((guest) => guest.said) : []),
  ];
  for (const own of speakers) {
    const held = new Set(own);
    assert.deepEqual(
      texts.filter((text) => held.has(text)),
      own,
      `${where}: in the order in which it was said in ${room}`,
    );
  }
}

async function agree(world: World, context: TestContext): Promise<void> {
  const { north, south, home, terminals, guests } = world;
  for (const guest of guests) await types(guest, `${guest.name} is still here`);
  await allHear(world);
  for (const { page } of guests) for (const { said } of guests) await sees(page, said.at(-1) ?? '');
  for (const { faults, name } of guests) assert.deepEqual(faults, [], `the page of ${name}`);
  for (const room of rooms) {
    const logs = [await north.log('ada', room), await south.log('ben', room), await home.log('cleo', room)];
    for (const [i, log] of logs.entries()) check(world, room, log, ['north', 'south', 'home'][i] ?? '');
    const first = Math.max(...logs.map((log) => log[0]?.seq ?? 0));
    const [one, ...rest] = logs.map((log) => log.filter(({ seq }) => seq >= first));
    for (const other of rest) assert.deepEqual(other, one, `one log of ${room} on all servers`);
    context.diagnostic(`${room}: ${saidIn(world, room).length} messages, ${logs[0]?.length} entries`);
    for (const { person, heard } of terminals) {
      const shown = heard.get(world.rooms.get(room) ?? '') ?? [];
      assert.deepEqual(shown.toSorted(), saidIn(world, room).toSorted(), `${person} was shown all of ${room}, once`);
    }
  }
}

const skip = noNamespaces || noBrowser;

test(
  'in a network that loses packets and machines nothing is lost, doubled or in another order',
  {
    skip,
    timeout: 480_000,
  },
  (context) =>
    inWorld(context, async (world) => {
      const { north, south, home, directory } = world;
      const step = async (name: string, use: () => Promise<void>): Promise<void> => {
        const startedMs = performance.now();
        try {
          await use();
        } catch (error) {
          throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
        }
        context.diagnostic(`${name}: ${Math.round((performance.now() - startedMs) / 1_000)} s`);
      };
      await step('everybody talks with everybody', () => talk(world));
      await step('one server loses packets, then all of them, and comes back', () => partition(world));
      await step('the server of a room is killed', () => killOne(world, north));
      await killed(directory);
      await step('another one is killed, without the directory', () => killOne(world, south));
      await step('the one behind NAT is killed, without the directory', () => killOne(world, home));
      await step('all servers hold the same, and everybody was shown it', () => agree(world, context));
    }),
);
