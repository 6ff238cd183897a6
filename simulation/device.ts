// A device of somebody: the product's own client over a simulated link and store. It can be killed and started again on
// what its store kept. Everything that arrives on its link is noted, for the checkers.
import { type Client, createClient } from '@parley/client';
import type { Link } from '@parley/link';
import { decodeRequest, decodeServerFrame, type Payload, type RawEntry } from '@parley/protocol';
import { type Heard, repeatable } from './check/heard.ts';
import { ports } from './home.ts';
import { Life } from './life.ts';
import { Shelf } from './shelf.ts';
import type { World } from './world.ts';

export interface DeviceOptions {
  /** As `romeo.phone`. */
  name: string;
  /** The host of the server. */
  home: string;
  encoding?: 'json' | 'cbor';
  skewMs?: number;
}

export class Device {
  readonly name: string;
  readonly home: string;
  readonly shelf: Shelf;
  readonly heard: Heard[];
  readonly #world: World;
  readonly #options: DeviceOptions;
  readonly #random: World['random'];
  #life: Life | undefined;
  #client: Client | undefined;
  #connections = 0;

  constructor(world: World, heard: Heard[], options: DeviceOptions) {
    this.#world = world;
    this.#options = options;
    this.name = options.name;
    this.home = options.home;
    this.heard = heard;
    this.#random = world.random.fork(options.name);
    this.shelf = new Shelf(world.clock, this.#random.fork('shelf'));
  }

  /** The running client. */
  get client(): Client {
    if (!this.#client) throw new Error(`${this.name} is off`);
    return this.#client;
  }

  get running(): boolean {
    return this.#client !== undefined;
  }

  get online(): boolean {
    return this.#client?.status.get().state === 'online';
  }

  /** Switches it on. */
  start(): Client {
    if (this.#client) return this.#client;
    const { skewMs = 0, encoding = 'json', home } = this.#options;
    const life = new Life(this.name, this.#world.clock, this.#random, skewMs);
    const dial = this.#world.network.dial(life, { host: home, port: ports[encoding] }, encoding);
    this.#life = life;
    this.#client = createClient({
      dial: async (signal) => this.#tapped(life, await dial(signal)),
      store: this.shelf.open(life),
      runtime: life.runtime,
      name: 'simulation/1',
      device: this.name,
    });
    this.#world.tell(() => `${this.name} is switched on`);
    this.#client.start().catch((error) => {
      if (!life.dead) this.#world.tell(() => `${this.name} could not start: ${String(error)}`);
    });
    return this.#client;
  }

  /** Power off in the middle of anything. */
  kill(): void {
    this.#life?.kill();
    this.#life = undefined;
    this.#client = undefined;
    this.#world.tell(() => `${this.name} is switched off`);
  }

  /** The link, with an ear on what comes in. */
  #tapped(life: Life, link: Link): Link {
    const connection = `${this.name}/${++this.#connections}`;
    const world = this.#world;
    const asked = new Map<number, Asked>();
    const noted = (request: Asked): Asked => ({ ...request, ...this.#noteWish(request) });
    const listen = (frame: Uint8Array) => {
      if (!life.dead) this.#note(connection, link, frame, asked);
    };
    return new Proxy(link, {
      get(target, name) {
        if (name === 'frames') return () => overheard(target.frames(), listen);
        if (name === 'send')
          return (frame: Uint8Array) => {
            const request = decodeRequest(target.encoding, frame);
            if (request.request !== 'session.ping') world.tell(() => `  ${connection} → ${brief(request)}`);
            asked.set(request.id, noted(request));
            return target.send(frame);
          };
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  #note(connection: string, link: Link, bytes: Uint8Array, asked: Map<number, Asked>): void {
    const frame = decodeServerFrame(link.encoding, bytes);
    const isPong = 'id' in frame && asked.get(frame.id)?.request === 'session.ping';
    if (!isPong) this.#world.tell(() => `  ${connection} ← ${brief(frame)}`);
    const user = this.#client?.me.get()?.user;
    if ('event' in frame) {
      if (user === undefined) return;
      if (frame.event === 'entry.appended')
        this.heard.push({ type: 'entry', user, entry: frame.payload as RawEntry, live: true, connection });
      else this.#noteEntries(user, connection, frame.payload);
      if (frame.event === 'outcome.decided') {
        const { room, clientId, outcome } = frame.payload as Payload<'outcome.decided'>;
        this.heard.push({ type: 'decided', user, room, clientId, outcome: outcome.outcome });
      }
      return;
    }
    const question = asked.get(frame.id);
    asked.delete(frame.id);
    if (question?.wish) question.wish.isAnswered = true;
    if (!question || 'error' in frame || user === undefined) return;
    this.#noteReply(user, connection, question, frame.reply);
  }

  #noteWish({ request, payload }: Asked): Pick<Asked, 'wish'> {
    const user = this.#client?.me.get()?.user;
    if (user === undefined || !wishes.has(request)) return {};
    const { room, clientId } = payload as { room: string; clientId: string };
    const wish: Wish = { type: 'wished', user, room, clientId, isAnswered: false };
    this.heard.push(wish);
    return { wish };
  }

  #noteReply(user: string, connection: string, { request, payload }: Asked, reply: unknown): void {
    const { room, clientId } = payload as { room: string; clientId: string };
    const { outcome, seq } = (reply ?? {}) as { outcome?: string; seq?: number };
    if (outcome === 'entry' && seq !== undefined && !repeatable.has(request.replace('message.', '')))
      this.heard.push({ type: 'acked', user, room, clientId, seq });
    if (outcome === 'queued') this.heard.push({ type: 'queued', user, room, clientId, atMs: this.#world.clock.nowMs });
    const { sync } = (reply ?? {}) as {
      sync?: { room: { id: string; head: { seq: number }; me: { membership: string } } };
    };
    if (request === 'room.join' && sync?.room.me.membership === 'watching')
      this.heard.push({ type: 'watching', user, room, from: sync.room.head.seq + 1 });
    this.#noteEntries(user, connection, reply);
  }

  /** Entries anywhere in a reply or event. */
  #noteEntries(user: string, connection: string, value: unknown): void {
    if (Array.isArray(value)) for (const each of value) this.#noteEntries(user, connection, each);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
    if (isEntry(value)) {
      this.heard.push({ type: 'entry', user, entry: value, live: false, connection });
      return;
    }
    for (const each of Object.values(value)) this.#noteEntries(user, connection, each);
  }
}

type Wish = Heard & { type: 'wished' };

interface Asked {
  request: string;
  payload: unknown;
  wish?: Wish;
}

const wishes = new Set(['room.join', 'room.knock', 'room.leave']);

const isEntry = (value: object): value is RawEntry =>
  'seq' in value && 'kind' in value && 'room' in value && 'user' in value;

const brief = (frame: object): string => JSON.stringify(frame).slice(0, 300);

async function* overheard(frames: AsyncIterable<Uint8Array>, listen: (frame: Uint8Array) => void) {
  for await (const frame of frames) {
    listen(frame);
    yield frame;
  }
}
