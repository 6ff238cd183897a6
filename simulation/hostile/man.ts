// A man at the links of one server, whose key he holds, and towards it those of all others: what it says he passes on,
// changes, says twice, or adds to. To the others it is a server that lies, with the whole power of its key.
import type { Link } from '@parley/link';
import { LinkClosed } from '@parley/link';
import { pair } from '@parley/link/memory';
import { decodeFederationFrame, encodeFederationFrame, type FederationFrame, type FrameName } from '@parley/protocol';
import {
  decodePiece,
  encodePiece,
  type FrameLink,
  type Identity,
  newStaticKey,
  type Priority,
  secureAccepted,
  secureDialled,
} from '@parley/server';
import type { Between, Home } from '../home.ts';
import { Life } from '../life.ts';
import type { World } from '../world.ts';

/** What goes over a link, in one piece. */
export interface Said {
  frame: FederationFrame;
  priority: Priority;
  isAnswer: boolean;
}

/** What is said to another server over one link. */
export interface Conversation {
  /** The server that listens. */
  readonly to: string;
  /** What it has asked and not been answered, by number. */
  readonly asked: ReadonlyMap<number, { ask: string; payload: unknown }>;
  say(said: Said): Promise<void>;
  /** Asks in the name of the server, which hears nothing of it. */
  ask(name: string, payload: unknown): Promise<unknown>;
  /** Bytes as they are, in a piece or not. */
  bytes(bytes: Uint8Array): Promise<void>;
}

/** Numbers of questions that the server itself does not come to. */
const ownNumbers = 1_000_000_000;

export class Man implements Between {
  readonly home: Home;
  readonly conversations = new Set<Conversation>();
  /** Asked about whatever the server says: what is said in its place. */
  tell: (said: Said, to: Conversation) => readonly Said[] = (said) => [said];
  /** Told of whatever others say to it, or answer to him. */
  hear: (frame: FederationFrame, from: string) => void = () => {};
  readonly #identities: ReadonlyMap<string, Identity>;
  readonly #runtime: Life['runtime'];

  constructor(world: World, home: Home, homes: readonly Home[]) {
    this.home = home;
    this.#identities = new Map(homes.map(({ id, identity }) => [id, identity]));
    this.#runtime = new Life('man', world.clock, world.random.fork('man')).runtime;
    home.between = this;
  }

  async dialled(link: Link): Promise<Link> {
    const far = await orLost(secureDialled(link, this.#as(this.home.identity)));
    const [near, theirs] = pair({ encoding: 'cbor' });
    void this.#meet(far, secureAccepted(near, this.#as(this.#identities.get(far.id)!)));
    return theirs;
  }

  async accepted(link: Link): Promise<Link> {
    const far = await orLost(secureAccepted(link, this.#as(this.home.identity)));
    const [near, theirs] = pair({ encoding: 'cbor' });
    void this.#meet(far, secureDialled(near, this.#as(this.#identities.get(far.id)!)));
    return theirs;
  }

  #as(identity: Identity) {
    const runtime = this.#runtime;
    return { identity, network: 'simulation', runtime, staticKey: newStaticKey(runtime) };
  }

  async #meet(far: { id: string; link: FrameLink }, met: Promise<{ link: FrameLink }>): Promise<void> {
    try {
      const near = await met;
      const talk = new Talk(this, far.id, near.link, far.link);
      this.conversations.add(talk);
      await Promise.all([talk.outward(), talk.inward()]);
      this.conversations.delete(talk);
    } catch {
      far.link.close('lost');
    }
  }
}

const orLost = <T>(met: Promise<T>): Promise<T> =>
  met.catch((cause) => {
    throw new LinkClosed('lost', { cause });
  });

class Talk implements Conversation {
  readonly to: string;
  readonly asked = new Map<number, { ask: string; payload: unknown }>();
  readonly #man: Man;
  readonly #near: FrameLink;
  readonly #far: FrameLink;
  readonly #waiting = new Map<number, (reply: unknown) => void>();
  /** Of whom a frame of many pieces is under way. */
  readonly #open = new Set<Priority>();
  #numbered = ownNumbers;

  constructor(man: Man, to: string, near: FrameLink, far: FrameLink) {
    this.#man = man;
    this.to = to;
    this.#near = near;
    this.#far = far;
  }

  async say({ frame, priority, isAnswer }: Said): Promise<void> {
    const bytes = encodeFederationFrame(frame.frame as FrameName, frame.payload as never);
    if (this.#open.has(priority) || bytes.length > 16_384) return;
    await this.bytes(encodePiece({ priority, isAnswer, hasMore: false, bytes }));
  }

  ask(name: string, payload: unknown): Promise<unknown> {
    const n = ++this.#numbered;
    return new Promise((resolve) => {
      this.#waiting.set(n, resolve);
      void this.say({ frame: { frame: 'ask', payload: { n, ask: name, payload } }, priority: 'bulk', isAnswer: false });
    });
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    await this.#far.send(bytes).catch(() => {});
  }

  /** From the server to the other one. */
  async outward(): Promise<void> {
    for await (const bytes of this.#near.frames()) {
      const { priority, isAnswer, hasMore, bytes: piece } = decodePiece(bytes);
      const isWhole = priority !== undefined && !hasMore && !this.#open.has(priority);
      if (priority !== undefined)
        if (hasMore) this.#open.add(priority);
        else this.#open.delete(priority);
      const frame = isWhole ? decodeFederationFrame(piece) : undefined;
      const said = frame && { frame, priority: priority!, isAnswer };
      const told = said && this.#man.tell(said, this);
      if (!told) await this.bytes(bytes);
      else for (const each of told) await (each === said ? this.bytes(bytes) : this.say(each));
    }
    this.#far.close('lost');
  }

  /** From the other one to the server. */
  async inward(): Promise<void> {
    for await (const bytes of this.#far.frames()) {
      const { priority, hasMore, bytes: piece } = decodePiece(bytes);
      const frame = priority === undefined || hasMore ? undefined : readable(piece);
      if (frame) this.#man.hear(frame, this.to);
      if (frame?.frame === 'ask') this.asked.set(frame.payload.n, frame.payload);
      const waiting = frame?.frame === 'answer' ? this.#waiting.get(frame.payload.n) : undefined;
      if (waiting && frame?.frame === 'answer') waiting(frame.payload.reply);
      else await this.#near.send(bytes).catch(() => {});
    }
    this.#near.close('lost');
  }
}

/** The last piece of many is nothing to be read. */
function readable(bytes: Uint8Array): FederationFrame | undefined {
  try {
    return decodeFederationFrame(bytes);
  } catch {
    return undefined;
  }
}
