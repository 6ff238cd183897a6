// What people do, at random: each deed is one thing that somebody tries on one device. Many are refused, and shall be.
import { defaultPermissions, type Payload, type RequestName, roles } from '@parley/protocol';
import type { Device } from './device.ts';
import type { Known, Person, Scene } from './scene.ts';

interface Doer {
  scene: Scene;
  person: Person;
  device: Device;
  /** A room of the scene, not always one of theirs. */
  room: string;
}
type Deed = (doer: Doer) => Promise<unknown> | undefined;

const emojis = ['👍', '🎉', '❤️'];

/** By weight. */
const deeds: [weight: number, name: string, deed: Deed][] = [
  [30, 'says', (doer) => outbox(doer, 'message', (room, clientId) => room.send(speech(doer), { clientId }))],
  [
    6,
    'edits',
    (doer) =>
      onMessage(doer, 'edit', (room, ref, clientId) => room.edit(ref, doer.scene.words(doer.room), { clientId })),
  ],
  [5, 'redacts', (doer) => onMessage(doer, 'redact', (room, ref, clientId) => room.redact(ref, 'why', { clientId }))],
  [
    6,
    'reacts',
    (doer) => onMessage(doer, 'react', (room, ref, clientId) => room.react(ref, pick(doer, emojis), { clientId })),
  ],
  [3, 'takes a reaction back', (doer) => onReaction(doer)],
  [2, 'pins', (doer) => onMessage(doer, 'pin', (room, ref, clientId) => room.pin(ref, { clientId }))],
  [1, 'unpins', (doer) => onMessage(doer, 'unpin', (room, ref, clientId) => room.unpin(ref, { clientId }))],
  [4, 'joins', (doer) => joins(doer)],
  [2, 'leaves', ({ device, room }) => device.client.room(room)?.leave()],
  [2, 'says a last word', (doer) => saysAndLeaves(doer)],
  [2, 'silences everybody for a moment', (doer) => silencesAll(doer)],
  [3, 'invites', (doer) => onOther(doer, 'member.invite', {})],
  [1, 'takes an invitation back', (doer) => onOther(doer, 'member.revoke', {})],
  [3, 'asks to be let in', (doer) => fromOutside(onPorch(doer), 'room.knock')],
  [1, 'asks no more', (doer) => fromOutside(onPorch(doer), 'room.leave')],
  [2, 'turns somebody down', (doer) => onOther(onPorch(doer), 'member.deny', {})],
  [2, 'kicks', (doer) => onOther(doer, 'member.kick', { reason: 'go' })],
  [2, 'bans', (doer) => onOther(doer, 'member.ban', spell(doer))],
  [2, 'unbans', (doer) => onOther(doer, 'member.unban', {})],
  [2, 'mutes', (doer) => onOther(doer, 'member.mute', spell(doer))],
  [1, 'unmutes', (doer) => onOther(doer, 'member.unmute', {})],
  [3, 'gives a role', (doer) => onOther(doer, 'member.setRole', { role: pick(doer, roles) })],
  [3, 'changes rules', (doer) => request(doer, 'room.settings', pick(doer, rules))],
  [4, 'reads', (doer) => reads(doer)],
  [6, 'marks as read', (doer) => marks(doer)],
  [2, 'types', ({ device, room }) => void device.client.room(room)?.setTyping(true)],
  [2, 'lists members', ({ device, room }) => device.client.room(room)?.members()],
  [1, 'makes a room', (doer) => makes(doer)],
  [
    1,
    'takes another name',
    (doer) => doer.device.client.request('account.setProfile', { display: doer.scene.words('') }),
  ],
];

const rules: Omit<Payload<'room.settings'>, 'room' | 'clientId'>[] = [
  { title: 'A square' },
  { topic: 'Talk' },
  { joinRule: 'public' },
  { joinRule: 'invite' },
  { joinRule: 'knock' },
  { history: 'since-join' },
  { history: 'all' },
  { history: 'world' },
  { slowModeMs: 2_000 },
  { slowModeMs: 0 },
  { listed: false },
  { alias: 'piazza' },
  { permissions: { member: ['post', 'react', 'edit-own'] } },
  { permissions: { member: [...defaultPermissions.member] } },
];

/** Lets somebody try something. What comes of it is not waited for. */
export function doSomething(scene: Scene): void {
  const { random } = scene.world;
  const running = scene.people.flatMap((person) =>
    person.devices.filter((device) => device.running && device.client.me.get()).map((device) => ({ person, device })),
  );
  if (running.length === 0) return;
  const who = random.pick(running);
  const doer: Doer = { scene, ...who, room: roomFor(scene, who.device) };
  const [, name, deed] = random.weighted(deeds);
  scene.world.tell(() => `${doer.device.name} ${name}`);
  deed(doer)?.then(
    () => scene.world.tell(() => `${doer.device.name} ${name}: done`),
    (error: unknown) => scene.world.tell(() => `${doer.device.name} ${name}: ${String(error)}`),
  );
}

/** Among many servers mostly one that they are in: of the others they know little. */
function roomFor(scene: Scene, device: Device): string {
  const { random } = scene.world;
  const own = scene.isAcross ? device.client.rooms.get().map(({ view }) => view.id) : [];
  return random.pick(own.length > 0 && random.chance(0.8) ? own : [...scene.rooms.values()]);
}

/** Of a room elsewhere one names a server that knows it, by its key or by what it is called. */
function joins({ scene, person, device, room }: Doer): Promise<unknown> {
  const keeper = scene.keepers.get(room)!;
  if (keeper === person.home) return device.client.join(room);
  // A server that is restored to before it knew the room would never hear of it again.
  scene.backups.delete(person.home);
  return device.client.join(room, scene.world.random.pick([keeper.id, keeper.name]));
}

const pick = <T>({ scene }: Doer, from: readonly T[]): T => scene.world.random.pick(from);

/** Half of the mutes and bans end by themselves. */
const spell = (doer: Doer): { durationMs?: number; reason?: string } =>
  doer.scene.world.random.chance(0.5)
    ? { durationMs: doer.scene.world.random.between(500, 20_000) }
    : { reason: 'enough' };

function speech(doer: Doer) {
  const { random } = doer.scene.world;
  const text = doer.scene.words(doer.room);
  const others = doer.scene.people.flatMap(({ user }) => user ?? []);
  return { text, ...(random.chance(0.2) && { mentions: [random.pick(others)] }) };
}

type InRoom = NonNullable<ReturnType<Device['client']['room']>>;

/** An act that the device's outbox keeps until it has an outcome. */
function outbox(doer: Doer, kind: string, send: (room: InRoom, clientId: string) => Promise<unknown>) {
  const { scene, device, room: id } = doer;
  const room = device.client.room(id);
  const user = device.client.me.get()?.user;
  if (!room || user === undefined) return undefined;
  const clientId = device.client.newClientId();
  const atMs = scene.world.clock.nowMs;
  const made = { device, user, room: id, kind, clientId, atMs, mayBeLost: false, outcome: 'open' as const };
  const one: (typeof scene.tries)[number] = made;
  scene.tries.push(one);
  if (kind === 'message') scene.messages.push({ room: id, ref: { user, clientId } });
  if (kind === 'react') scene.reactions.push({ room: id, ref: { user, clientId } });
  return send(room, clientId).then(
    (sent) => {
      one.outcome = sent === 'queued' ? 'queued' : 'entry';
    },
    (error: unknown) => {
      // Switched off meanwhile: the act waits in the store.
      if (device.running && device.client.me.get()) one.outcome = 'refused';
      throw error;
    },
  );
}

const known = (doer: Doer, all: readonly Known[]): Known[] => all.filter(({ room }) => room === doer.room).slice(-30);

function onMessage(
  doer: Doer,
  kind: string,
  act: (room: InRoom, ref: Known['ref'], clientId: string) => Promise<unknown>,
) {
  const messages = known(doer, doer.scene.messages);
  if (messages.length === 0) return undefined;
  const mine = messages.filter(({ ref }) => ref.user === doer.person.user);
  const { ref } = pick(doer, mine.length > 0 && doer.scene.world.random.chance(0.6) ? mine : messages);
  return outbox(doer, kind, (room, clientId) => act(room, ref, clientId));
}

function onReaction(doer: Doer) {
  const reactions = known(doer, doer.scene.reactions);
  if (reactions.length === 0) return undefined;
  const { ref } = pick(doer, reactions);
  return outbox(doer, 'unreact', (room, clientId) => room.unreact(ref, { clientId }));
}

function request<N extends RequestName>(doer: Doer, name: N, more: object): Promise<unknown> {
  const { client } = doer.device;
  return client.request(name, { room: doer.room, clientId: client.newClientId(), ...more } as unknown as Payload<N>);
}

/** Mostly where one has to ask: elsewhere there is little to ask for. */
const onPorch = (doer: Doer): Doer =>
  doer.scene.world.random.chance(0.7) ? { ...doer, room: doer.scene.porch ?? doer.room } : doer;

function fromOutside(doer: Doer, name: 'room.knock' | 'room.leave'): Promise<unknown> | undefined {
  const { device, room, person, scene } = doer;
  const keeper = scene.keepers.get(room);
  const isElsewhere = keeper !== undefined && keeper !== person.home;
  const at = isElsewhere && name === 'room.knock' ? { server: keeper.id } : {};
  return device.client.room(room) ? undefined : request(doer, name, at);
}

function onOther(doer: Doer, name: RequestName, more: object): Promise<unknown> | undefined {
  const others = doer.scene.people.filter(({ user, name: other }) => user !== undefined && other !== doer.person.name);
  if (others.length === 0) return undefined;
  return request(doer, name, { user: pick(doer, others).user, ...more });
}

/** When the answer is lost, whoever sends again is not in the room any more. */
async function saysAndLeaves(doer: Doer): Promise<void> {
  const { network, random, clock } = doer.scene.world;
  const room = doer.device.client.room(doer.room);
  if (random.chance(0.5))
    for (const wire of network.wires.filter(({ from }) => from === doer.device.name)) {
      network.stall(wire, 'down');
      clock.setTimer(() => network.sever(wire), random.between(1_000, 2_000));
    }
  const said = outbox(doer, 'message', (on, clientId) => on.send(speech(doer), { clientId }));
  said?.catch(() => {});
  await clock.wait(random.between(50, 500));
  await Promise.allSettled([said, room?.leave()]);
}

/** Everybody who is there silences everybody else for some seconds, in every room, as far as they may. */
export function silenceEverybody(scene: Scene): void {
  for (const person of scene.people)
    for (const device of person.devices.filter((each) => each.online))
      for (const room of scene.rooms.values()) void silencesAll({ scene, person, device, room }, 15_000);
}

/** Several ends that are due at once. */
async function silencesAll(doer: Doer, longestMs = 3_000): Promise<void> {
  const others = doer.scene.people.flatMap(({ user }) => (user && user !== doer.person.user ? [user] : []));
  const durationMs = doer.scene.world.random.between(100, longestMs);
  await Promise.allSettled(others.map((user) => request(doer, 'member.mute', { user, durationMs })));
}

async function reads(doer: Doer): Promise<unknown> {
  const { random } = doer.scene.world;
  const place = random.pick([
    {},
    { before: random.below(60) },
    { after: random.below(60) },
    { around: random.below(60) },
  ]);
  const show = random.pick(['rows', 'everything'] as const);
  const page = { room: doer.room, ...place, limit: random.between(1, 40), show };
  return doer.device.client.request('history.page', page);
}

function marks(doer: Doer): undefined {
  const room = doer.device.client.room(doer.room);
  const head = room?.summary.get().view.head.seq ?? 0;
  room?.markRead(doer.scene.world.random.between(0, head + 3));
}

/** Whoever gets no answer asks again: then a name that nobody else wants is not taken. */
async function makes({ scene, person, device }: Doer): Promise<void> {
  const { random, clock } = scene.world;
  const isOwn = random.chance(0.7);
  const alias = isOwn ? scene.words('') : `room-${scene.rooms.size}`;
  const details = { alias, joinRule: random.pick(['public', 'invite'] as const) };
  const { client } = device;
  scene.backups.delete(person.home);
  for (;;)
    try {
      scene.made(alias, (await client.create(details)).id, person.home);
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (isOwn && code === 'name-taken') scene.world.fault(`#${alias} is said to be somebody else’s`, error);
      if (code !== 'unavailable' || !device.running || device.client !== client) throw error;
      await clock.wait(random.between(500, 2_000));
    }
}
