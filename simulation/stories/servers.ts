// A stage with several homeservers, for plays whose people are far from each other. All servers dial each other; after
// each play those that run must agree.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDisks } from '../check/followed.ts';
import { checkHeard } from '../check/heard.ts';
import { openDirectory } from '../directory.ts';
import { Home, type HomeOptions } from '../home.ts';
import { Man } from '../hostile/man.ts';
import { password } from '../scene.ts';
import { Failure, World } from '../world.ts';
import { type Actor, Stage } from './stage.ts';

export interface ServersOptions extends HomeOptions {
  /** How many there are. */
  servers?: number;
  /** How far the clock of each is off, in their order. */
  skewsMs?: readonly number[];
  /** All dial the first one and nobody else. */
  star?: boolean;
  /** The first one lies when it is made to. */
  liar?: boolean;
}

/** Every play that was registered, to be played once more otherwise. */
export const plays = new Map<string, (directory?: string) => Promise<void>>();

/** Registers a test. */
export function playAcross(
  title: string,
  acts: (stage: ServersStage) => Promise<void>,
  { servers = 2, skewsMs = [], star = false, liar = false, ...options }: ServersOptions = {},
): void {
  const play = async (directory?: string): Promise<void> => {
    const world = new World(1);
    world.network.delayMs = [5, 10];
    const names = Array.from({ length: servers }, (_, i) => `s${i + 1}`);
    const homes = names.map((name, i) => {
      const skewMs = skewsMs[i] ?? 0;
      const dials = names.slice(0, star ? Math.min(1, i) : i);
      const where = directory === undefined ? {} : { directory };
      return new Home(world, name, { loadedRooms: 100, ...options, ...where, skewMs, dials });
    });
    const stage = new ServersStage(world, homes, star ? 2 * (servers - 1) : servers * (servers - 1));
    if (liar) stage.corrupt();
    if (directory !== undefined) await openDirectory(world, directory, directoryMs);
    try {
      for (const home of homes) await stage.sure(`the start of ${home.name}`, home.start());
      await stage.linked();
      await acts(stage);
      await stage.passes(1_000);
      world.check();
      if (liar) await checkDisks(homes.slice(1));
      else if (homes.every(({ running }) => running)) checkHeard(stage.heard, (await checkDisks(homes)).logs);
    } catch (error) {
      throw new Failure(1, world.clock.nowMs, error);
    } finally {
      for (const home of homes) home.crash();
      for (const { device } of stage.actors) device.kill();
    }
  };
  plays.set(title, play);
  test(title, () => play());
}

/** A directory dies when it has been there for so long. */
const directoryMs = 1_000;

export class ServersStage extends Stage {
  readonly homes: readonly Home[];
  /** Links that there are, as `here/there`, by what each end says. */
  readonly #links = new Set<string>();
  readonly #allLinks: number;
  #man: Man | undefined;

  /** @param links that there are when all are linked, each counted at both ends */
  constructor(world: World, homes: readonly Home[], links: number) {
    super(world, homes[0]!);
    this.homes = homes;
    this.#allLinks = links;
    for (const home of homes) home.onLinked = (server) => this.#links.add(`${home.id}/${server}`);
  }

  /** At the links of a server that lies. */
  get man(): Man {
    return this.#man!;
  }

  /** Makes the first server one that lies. */
  corrupt(): void {
    const { world, homes } = this;
    world.hostile = homes[0]!.id;
    this.#man = new Man(world, homes[0]!, homes);
  }

  /** One person with an account on each server, in their order. */
  async oneEach<Names extends string[]>(...names: Names): Promise<{ [I in keyof Names]: Actor }> {
    const cast: Actor[] = [];
    for (const [i, name] of names.entries()) cast.push(await this.castAt(this.homes[i]!, name));
    return cast as { [I in keyof Names]: Actor };
  }

  async castAt(home: Home, name: string): Promise<Actor> {
    const actor = this.actor(name, home);
    await this.sure(`${name} registers`, actor.client.register({ name, password }));
    return actor;
  }

  /** Waits until every server has said at both ends that it is linked with every other, since {@link unlinked}. */
  linked(): Promise<void> {
    return this.until('all servers are linked', () => this.#links.size === this.#allLinks);
  }

  /** Forgets which links there were: {@link linked} waits for new ones. */
  unlinked(): void {
    this.#links.clear();
  }

  /** Nothing passes between two servers any more, and both know at once. */
  part(one: Home, other: Home): void {
    const { network } = this.world;
    network.block(one.name, other.name);
    network.block(other.name, one.name);
    for (const { home, at } of [
      { home: one, at: other },
      { home: other, at: one },
    ])
      this.#links.delete(`${home.id}/${at.id}`);
    for (const wire of network.wires)
      if ([one.name, other.name].includes(wire.from) && [one.name, other.name].includes(wire.to)) network.sever(wire);
  }

  join(one: Home, other: Home): void {
    this.world.network.unblock(one.name, other.name);
    this.world.network.unblock(other.name, one.name);
  }

  /** Waits until all servers that have people in the room of somebody hold the same of it. */
  async agree(of: Actor): Promise<void> {
    const room = of.room.id;
    const endMs = this.world.clock.nowMs + 600_000;
    for (;;) {
      const heads = await Promise.all(this.homes.map((home) => headOf(home, room)));
      const held = heads.filter((head) => head !== undefined);
      if (held.length > 0 && held.every((head) => head === held[0])) return;
      assert.ok(this.world.clock.nowMs < endMs, `the servers do not agree: ${heads.join(', ')}`);
      await this.passes(100);
    }
  }
}

/** What a server holds of a room in which it has people. */
async function headOf({ disk, id }: Home, room: string): Promise<string | undefined> {
  const [row] = await disk.rows<{ term: number; seq: number; chain: Uint8Array }>(
    `SELECT term, seq, chain FROM room WHERE id = ? AND EXISTS (SELECT 1 FROM stay JOIN person ON person.n = stay.person
     WHERE stay.room = room.n AND until IS NULL AND substr(person.id, 18) = ?)`,
    [room, id],
  );
  return row && `${row.term}/${row.seq}/${Buffer.from(row.chain).toString('hex')}`;
}
