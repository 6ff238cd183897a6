// Who and what takes part in one random run: one homeserver or several, people with devices, rooms of every kind, and
// what was tried.
import type { LogLine, MessageRef } from '@parley/protocol';
import type { Heard } from './check/heard.ts';
import { Device } from './device.ts';
import type { Home } from './home.ts';
import type { World } from './world.ts';

export interface Person {
  name: string;
  /** The server of their account. */
  home: Home;
  devices: Device[];
  /** Has an account; else a guest. */
  account: boolean;
  user: string | undefined;
}

/** One act that was handed to a device's outbox. */
export interface Try {
  device: Device;
  user: string;
  room: string;
  kind: string;
  clientId: string;
  atMs: number;
  /** The device was killed so soon after that its store may not have it. */
  mayBeLost: boolean;
  /** `queued`: kept by the person's server until another one, which keeps the room, has decided. */
  outcome: 'open' | 'queued' | 'entry' | 'refused';
}

export interface Known {
  room: string;
  ref: MessageRef;
}

/** Speaks for a server that lies. */
export interface Liar {
  /** Else what the server says is passed on as it is. */
  lying: boolean;
  /** Entries that others have sent it. */
  readonly got: readonly { room: string; line: LogLine }[];
  /** Hashes of the acts that others have handed in at it, in hex. */
  readonly handedIn: ReadonlySet<string>;
  /** Says one thing of its own accord. */
  speak(): void;
}

export class Scene {
  readonly world: World;
  readonly homes: readonly Home[];
  readonly people: Person[] = [];
  readonly heard: Heard[] = [];
  readonly tries: Try[] = [];
  /** Messages and reactions that somebody has sent, for others to act on. */
  readonly messages: Known[] = [];
  readonly reactions: Known[] = [];
  /** Ids of rooms by alias; with several servers `alias@server`. */
  readonly rooms = new Map<string, string>();
  /** Which server keeps a room, by id. */
  readonly keepers = new Map<string, Home>();
  /** Ids of rooms that keep nothing of what is said. */
  readonly unkept = new Set<string>();
  /** Ids of rooms that a server keeps which lies: nothing is to be expected of them. */
  readonly others = new Set<string>();
  /** At the links of a server that lies. */
  liar: Liar | undefined;
  /** What servers would be restored from. */
  readonly backups = new Map<Home, Uint8Array>();
  /** When nothing went wrong any more. */
  healedMs: number | undefined;
  /** When servers were restored, the last time. */
  readonly restoredMs = new Map<Home, number>();
  /** Id of a room where one has to ask to be let in. */
  porch: string | undefined;
  #words = 0;

  constructor(world: World, ...homes: readonly Home[]) {
    this.world = world;
    this.homes = homes;
  }

  /** The only server, or the first. */
  get home(): Home {
    return this.homes[0]!;
  }

  get isAcross(): boolean {
    return this.homes.length > 1;
  }

  get devices(): Device[] {
    return this.people.flatMap(({ devices }) => devices);
  }

  person(name: string, devices: number, account = true, home = this.home): Person {
    const made = Array.from({ length: devices }, (_, i) => {
      const encoding = this.world.random.chance(0.3) ? 'cbor' : 'json';
      return new Device(this.world, this.heard, { name: `${name}.${i + 1}`, home: home.name, encoding });
    });
    const person: Person = { name, home, devices: made, account, user: undefined };
    this.people.push(person);
    return person;
  }

  /** Words that nobody else says; those for rooms that keep nothing can be told on a disk. */
  words(room: string): string {
    const secret = this.unkept.has(room) ? 'unkept-words' : 'words';
    return `${secret}-${++this.#words}`;
  }

  /** Notes a room that a person of `home` has made. */
  made(alias: string, room: string, home: Home): void {
    this.rooms.set(this.isAcross ? `${alias}@${home.name}` : alias, room);
    this.keepers.set(room, home);
  }

  /** Switches a device off; what it was just told to send may not be in its store. */
  kill(device: Device): void {
    const since = this.world.clock.nowMs - storeLagMs;
    for (const each of this.tries) if (each.device === device && each.atMs >= since) each.mayBeLost = true;
    device.kill();
  }

  /** Waits for something that is sure to come. */
  async sure<T>(what: string, promise: Promise<T>, withinMs = 120_000): Promise<T> {
    let over = false;
    const done = promise.finally(() => {
      over = true;
    });
    done.catch(() => {});
    if (!(await this.world.clock.until(() => over, withinMs))) throw new Error(`${what} hangs`);
    return done;
  }
}

/** A device's store confirms within this. */
const storeLagMs = 1_000;

export const password = 'correct horse';

/** The cast and the rooms, while nothing goes wrong yet. */
export async function open(scene: Scene): Promise<void> {
  const { home, world } = scene;
  await scene.sure('the first start', home.start());
  for (const person of scene.people) await enter(scene, person);
  const [owner] = scene.people;
  const client = owner!.devices[0]!.client;
  const rooms = [
    { alias: 'square' },
    { alias: 'window', history: 'world' },
    { alias: 'chamber', joinRule: 'invite', history: 'since-join' },
    { alias: 'unkept', retentionDays: 0 },
    { alias: 'porch', joinRule: 'knock' },
  ] as const;
  for (const details of rooms) {
    const room = await scene.sure(`making #${details.alias}`, client.create(details));
    scene.made(details.alias, room.id, home);
    if (details.alias === 'unkept') scene.unkept.add(room.id);
    if (details.alias === 'porch') scene.porch = room.id;
  }
  for (const person of scene.people.slice(1)) {
    const { client: mine } = person.devices[0]!;
    for (const alias of ['square', 'unkept']) await scene.sure(`joining #${alias}`, mine.join(`#${alias}`));
    if (!person.account || world.random.chance(0.5)) continue;
    const room = scene.rooms.get('chamber')!;
    const clientId = client.newClientId();
    await scene.sure('inviting', client.request('member.invite', { room, user: person.user!, clientId }));
    await scene.sure('joining #chamber', mine.join(room));
  }
}

/** Signs every device of somebody in. */
export async function enter(scene: Scene, person: Person): Promise<void> {
  for (const [i, device] of person.devices.entries()) {
    const client = device.start();
    const { name } = person;
    const me = await scene.sure(
      `signing in ${device.name}`,
      !person.account
        ? client.guest(name)
        : i === 0
          ? client.register({ name, password })
          : client.signIn({ name, password }),
    );
    person.user = me.user;
  }
}
