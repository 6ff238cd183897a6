// A stage for plays: `await romeo.says('…'); await juliet.hears('…')`. Server and clients are the real ones; time passes
// only while somebody waits. After each play the disk and all that was heard are held against each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client, MessageRow, Room, Row, Timeline } from '@parley/client';
import type { ErrorCode, MessageRef, Payload, RequestName, Role } from '@parley/protocol';
import { checkDisk } from '../check/disk.ts';
import { checkHeard, type Heard } from '../check/heard.ts';
import { Device } from '../device.ts';
import { Home, type HomeOptions } from '../home.ts';
import { password } from '../scene.ts';
import { Failure, World } from '../world.ts';

/** How long anything is waited for; the longest backoff of a client is 30 s. */
const patienceMs = 120_000;

/** Registers a test. */
export function play(title: string, acts: (stage: Stage) => Promise<void>, options: HomeOptions = {}): void {
  test(title, async () => {
    const world = new World(1);
    const stage = new Stage(world, new Home(world, 'home', { loadedRooms: 100, ...options }));
    try {
      await stage.sure('the start', stage.home.start());
      await acts(stage);
      await stage.passes(1_000);
      world.check();
      if (!stage.home.running) return;
      checkHeard(stage.heard, await checkDisk(stage.home.disk));
    } catch (error) {
      throw new Failure(1, world.clock.nowMs, error);
    } finally {
      stage.home.crash();
      for (const { device } of stage.actors) device.kill();
    }
  });
}

export class Stage {
  readonly world: World;
  readonly home: Home;
  readonly heard: Heard[] = [];
  readonly actors: Actor[] = [];

  constructor(world: World, home: Home) {
    this.world = world;
    this.home = home;
  }

  /** People with accounts and one device each, signed in. */
  async cast<Names extends string[]>(...names: Names): Promise<{ [I in keyof Names]: Actor }> {
    const cast: Actor[] = [];
    for (const name of names) {
      const actor = this.actor(name);
      await this.sure(`${name} registers`, actor.client.register({ name, password }));
      cast.push(actor);
    }
    return cast as { [I in keyof Names]: Actor };
  }

  /** Another device of somebody, signed in. */
  async device(of: Actor, name: string): Promise<Actor> {
    const actor = this.actor(`${of.name}.${name}`, of.home);
    await this.sure(`${name} signs in`, actor.client.signIn({ name: of.name, password }));
    actor.alias = of.alias;
    return actor;
  }

  async guest(name: string): Promise<Actor> {
    const actor = this.actor(name);
    await this.sure(`${name} comes in`, actor.client.guest(name));
    return actor;
  }

  passes(ms: number): Promise<void> {
    return this.world.clock.pass(ms);
  }

  /** Waits for what must come. */
  async sure<T>(what: string, promise: Promise<T>): Promise<T> {
    let over = false;
    const done = promise.finally(() => {
      over = true;
    });
    done.catch(() => {});
    assert.ok(await this.world.clock.until(() => over, patienceMs), `${what}: nothing comes of it`);
    return done;
  }

  async until(what: string, is: () => boolean): Promise<void> {
    assert.ok(await this.world.clock.until(is, patienceMs), `waited in vain: ${what}`);
  }

  protected actor(name: string, home = this.home): Actor {
    const device = new Device(this.world, this.heard, { name, home: home.name });
    const actor = new Actor(this, device, home);
    actor.device.start();
    this.actors.push(actor);
    return actor;
  }
}

/** Somebody at one device, in one room at a time. */
export class Actor {
  readonly device: Device;
  /** The server of their account. */
  readonly home: Home;
  readonly #stage: Stage;
  /** The room that they are in now. */
  alias = '';
  #timeline: { room: Room; of: Timeline } | undefined;

  constructor(stage: Stage, device: Device, home: Home) {
    this.#stage = stage;
    this.device = device;
    this.home = home;
  }

  /** What they sign in with. */
  get name(): string {
    return this.device.name.split('.')[0]!;
  }

  get client(): Client {
    return this.device.client;
  }

  get user(): string {
    return this.client.me.get()!.user;
  }

  get room(): Room {
    const room = this.client.room(this.alias);
    assert.ok(room, `${this.device.name} is not in ${this.alias}`);
    return room;
  }

  /** What is on the screen. */
  get rows(): readonly Row[] {
    const { room } = this;
    if (this.#timeline?.room !== room) this.#timeline = { room, of: room.timeline() };
    return this.#timeline.of.get().rows;
  }

  /** Loads everything that may be read. */
  async readsBack(): Promise<void> {
    void this.rows;
    const { of } = this.#timeline!;
    // While the first screen is loading nothing else is, and time has to pass.
    for (; of.get().before; await this.#stage.passes(1)) await this.#sure('reading back', of.loadBefore());
  }

  async makes(alias: string, rules: Omit<Payload<'room.create'>, 'alias' | 'clientId'> = {}): Promise<void> {
    await this.#sure(`makes #${alias}`, this.client.create({ alias, ...rules }));
    this.alias = `#${alias}`;
  }

  async joins(alias: string): Promise<void> {
    await this.#sure(`joins ${alias}`, this.client.join(alias));
    this.alias = alias;
  }

  /** Comes into the room where somebody of any server is, which they name by its server. */
  async follows(other: Actor, server = other.home): Promise<void> {
    const { id } = other.room;
    await this.#sure(`joins ${other.alias} of ${server.name}`, this.client.join(id, server.id));
    this.alias = id;
  }

  async leaves(): Promise<void> {
    await this.#sure('leaves', this.room.leave());
  }

  /** Resolves when it is in the log; with how to name it. */
  async says(text: string, more: { mentions?: string[] } = {}): Promise<MessageRef> {
    const clientId = this.client.newClientId();
    await this.#sure(`says ${text}`, this.room.send({ text, ...more }, { clientId }));
    return { user: this.user, clientId };
  }

  /** Speaks without waiting for what comes of it. */
  calls(text: string): Promise<unknown> {
    const called = this.room.send(text);
    called.catch(() => {});
    return called;
  }

  async hears(text: string): Promise<MessageRow> {
    await this.#until(`hears ${text}`, () => this.#message(text) !== undefined);
    return this.#message(text)!;
  }

  /** Waits a while for what must not come. */
  async hearsNothingOf(text: string): Promise<void> {
    await this.#stage.passes(10_000);
    const shown = this.client.room(this.alias) ? this.#message(text) : undefined;
    assert.equal(shown, undefined, `${this.device.name} hears ${text}`);
    for (const word of this.#stage.heard)
      if (word.type === 'entry' && word.user === this.user)
        assert.ok(!JSON.stringify(word.entry).includes(text), `${this.device.name} was told ${text}`);
  }

  /** All words on the screen, in order; null for what was deleted. */
  get words(): (string | null)[] {
    return this.rows.flatMap((row) => (row.type === 'message' ? [row.body?.text ?? null] : []));
  }

  /** Waits until the screen shows these words, and nothing else. */
  async shows(...words: (string | null)[]): Promise<void> {
    const want = JSON.stringify(words);
    await this.#until(`shows ${want}`, () => JSON.stringify(this.words) === want).catch((error) => {
      throw new Error(`${this.device.name} shows ${JSON.stringify(this.words)}, not ${want}`, { cause: error });
    });
  }

  edits(text: string, next: string): Promise<unknown> {
    return this.#sure(`edits ${text}`, this.room.edit(this.#ref(text), next));
  }

  deletes(text: string, reason?: string): Promise<unknown> {
    return this.#sure(`deletes ${text}`, this.room.redact(this.#ref(text), reason));
  }

  reacts(text: string, emoji: string): Promise<unknown> {
    return this.#sure(`reacts to ${text}`, this.room.react(this.#ref(text), emoji));
  }

  pins(text: string): Promise<unknown> {
    return this.#sure(`pins ${text}`, this.room.pin(this.#ref(text)));
  }

  invites = (other: Actor) => this.#on(other, 'member.invite');
  kicks = (other: Actor, reason?: string) => this.#on(other, 'member.kick', reason === undefined ? {} : { reason });
  bans = (other: Actor, durationMs?: number) => this.#on(other, 'member.ban', lasting(durationMs));
  unbans = (other: Actor) => this.#on(other, 'member.unban');
  mutes = (other: Actor, durationMs?: number) => this.#on(other, 'member.mute', lasting(durationMs));
  unmutes = (other: Actor) => this.#on(other, 'member.unmute');
  makesOf = (other: Actor, role: Role) => this.#on(other, 'member.setRole', { role });

  /** Changes the rules of the room. */
  rules(changes: Omit<Payload<'room.settings'>, 'room' | 'clientId'>): Promise<unknown> {
    return this.asks('room.settings', { room: this.room.id, clientId: this.client.newClientId(), ...changes });
  }

  asks<N extends RequestName>(name: N, payload: Payload<N>) {
    return this.#sure(name, this.client.request(name, payload));
  }

  /** Waits for a count of unread messages, and of mentions among them. */
  async hasUnread(unread: number, mentions = 0): Promise<void> {
    const is = () => {
      const summary = this.room.summary.get();
      return summary.unread === unread && summary.mentions === mentions;
    };
    await this.#until(`has ${unread} unread`, is).catch((error) => {
      const { unread: shown, mentions: named } = this.room.summary.get();
      throw new Error(`${this.device.name} has ${shown} unread, ${named} mentions`, { cause: error });
    });
  }

  /** Reads everything on the screen. */
  reads(): void {
    this.room.markRead(this.rows.at(-1)?.seq ?? 0);
  }

  async isOut(): Promise<void> {
    await this.#until('is out of the room', () => this.client.room(this.alias) === undefined);
  }

  /** The network is gone; the device does not know yet. */
  loses(): void {
    const { network } = this.#stage.world;
    for (const wire of network.wires) if (wire.from === this.device.name) network.sever(wire);
  }

  /** Nothing arrives here until {@link readsOn}. */
  stopsReading(): void {
    const { network } = this.#stage.world;
    for (const wire of network.wires) if (wire.from === this.device.name) network.stall(wire, 'down');
  }

  readsOn(): void {
    const { network } = this.#stage.world;
    for (const wire of network.wires) if (wire.from === this.device.name) network.flow(wire, 'down');
  }

  switchesOff(): void {
    this.#timeline = undefined;
    this.device.kill();
  }

  async switchesOn(): Promise<void> {
    this.device.start();
    await this.isOnline();
  }

  isOnline(): Promise<void> {
    return this.#until('is online', () => this.device.online);
  }

  async #on(other: Actor, name: RequestName, more: object = {}): Promise<void> {
    const payload = { room: this.room.id, user: other.user, clientId: this.client.newClientId(), ...more };
    await this.#sure(`${name} of ${other.name}`, this.client.request(name, payload as never));
  }

  #message(text: string): MessageRow | undefined {
    return this.rows.find((row) => row.type === 'message' && row.body?.text === text) as MessageRow | undefined;
  }

  #ref(text: string): MessageRef {
    const row = this.#message(text);
    assert.ok(row, `${this.device.name} does not see ${text}`);
    return { user: row.user, clientId: row.clientId };
  }

  #sure<T>(what: string, promise: Promise<T>): Promise<T> {
    return this.#stage.sure(`${this.device.name} ${what}`, promise);
  }

  #until(what: string, is: () => boolean): Promise<void> {
    return this.#stage.until(`${this.device.name} ${what}`, is);
  }
}

const lasting = (durationMs: number | undefined) => (durationMs === undefined ? {} : { durationMs });

/** Expects a refusal: `await refused('muted', romeo.says('…'))`. */
export async function refused(code: ErrorCode, act: Promise<unknown>): Promise<void> {
  await assert.rejects(act, (error: unknown) => {
    assert.equal((error as { code?: string }).code, code, String(error));
    return true;
  });
}
