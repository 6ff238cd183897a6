// What the man at the links of a server says in place of it, and what he says of his own accord, at random.
import {
  encodeCbor,
  type FederationFrame,
  type FramePayload,
  type LogLine,
  type QuestionPayload,
  type QuestionReply,
} from '@parley/protocol';
import { clerkUser } from '@parley/room';
import { encodePiece } from '@parley/server';
import type { Liar, Scene } from '../scene.ts';
import { Forger } from './forgery.ts';
import type { Conversation, Man, Said } from './man.ts';

type Append = FramePayload<'append'>;
type Lie = (payload: Append, to: Conversation) => Append | undefined;

interface Got {
  from: string;
  room: string;
  line: LogLine;
}

export class RandomLiar implements Liar {
  readonly got: Got[] = [];
  /** What was said that an operator has to see, by the server that was told it. */
  readonly told: { to: string; lie: string }[] = [];
  /** Hashes of the acts that others have handed in at this server. */
  readonly handedIn = new Set<string>();
  lying = false;
  readonly #scene: Scene;
  readonly #man: Man;
  readonly #forger: Forger;
  readonly #random: Scene['world']['random'];
  /** What the server has said lately. */
  readonly #said: { said: Said; to: string }[] = [];

  constructor(scene: Scene, man: Man) {
    this.#scene = scene;
    this.#man = man;
    this.#random = scene.world.random.fork('liar');
    this.#forger = new Forger(man.home, this.#random);
    man.tell = (said, to) => this.#tell(said, to);
    man.hear = (frame, from) => this.#hear(frame, from);
  }

  /** One thing of his own accord, to whoever listens. */
  speak(): void {
    const [...talks] = this.#man.conversations;
    if (talks.length === 0) return;
    const to = this.#random.pick(talks);
    const [, name, speech] = this.#random.weighted(this.#speeches);
    this.#note(name, to.to);
    speech(to);
  }

  #note(lie: string, to: string): void {
    this.told.push({ to, lie });
    this.#scene.world.tell(() => `the man at ${this.#man.home.name} ${lie} (to ${this.#nameOf(to)})`);
  }

  #nameOf = (id: string): string => this.#scene.homes.find((home) => home.id === id)?.name ?? id;

  #hear(frame: FederationFrame, from: string): void {
    if (frame.frame === 'append') this.#keep(from, frame.payload.room, frame.payload.lines);
    if (frame.frame !== 'ask' || frame.payload.ask !== 'submit') return;
    for (const { act } of (frame.payload.payload as QuestionPayload<'submit'>).envelopes)
      this.handedIn.add(Buffer.from(this.#forger.crypto.sha256(act)).toString('hex'));
  }

  #keep(from: string, room: string, lines: readonly LogLine[]): void {
    for (const line of lines) this.got.push({ from, room, line });
  }

  #tell(said: Said, to: Conversation): readonly Said[] {
    if (this.#said.push({ said, to: to.to }) > 50) this.#said.shift();
    if (!this.lying || !this.#random.chance(0.2)) return [said];
    const { frame } = said;
    if (frame.frame === 'append') return this.#append(said, frame.payload, to);
    if (frame.frame === 'answer') return this.#answer(said, frame.payload, to);
    if (!this.#random.chance(0.3)) return [said];
    this.#note(`says ${frame.frame} twice`, to.to);
    return [said, { ...said }];
  }

  #append(said: Said, append: Append, to: Conversation): readonly Said[] {
    const [name, lie] = this.#random.pick(this.#appends);
    const payload = lie(append, to);
    if (!payload) return [said];
    this.#note(name, to.to);
    return [{ ...said, frame: { frame: 'append', payload } }];
  }

  #answer(said: Said, { n, reply }: FramePayload<'answer'>, to: Conversation): readonly Said[] {
    const question = to.asked.get(n)?.ask;
    const lies = question === undefined ? undefined : this.#answers[question];
    const other = reply === undefined ? undefined : lies?.(reply as never, to);
    if (other === undefined) return [said];
    this.#note(`answers ${question} falsely`, to.to);
    return [{ ...said, frame: { frame: 'answer', payload: { n, reply: other } } }];
  }

  #ofServer(server: string): string {
    const people = this.#scene.people.filter(({ home, user }) => home.id === server && user !== undefined);
    return people.length > 0 ? this.#random.pick(people).user! : this.#forger.stranger(server);
  }

  #behind(payload: Append, make: (last: LogLine) => LogLine): Append | undefined {
    const last = payload.lines.at(-1);
    return last && { ...payload, lines: [...payload.lines, make(last)] };
  }

  readonly #appends: readonly [string, Lie][] = [
    [
      'skips an entry',
      (payload) => {
        const without = this.#random.below(payload.lines.length);
        return { ...payload, lines: payload.lines.filter((_, i) => i !== without) };
      },
    ],
    [
      'appends to another room',
      (payload) => ({ ...payload, room: this.#random.pick([...this.#scene.rooms.values()]) }),
    ],
    [
      'invents a user of another server',
      (payload, { to }) =>
        this.#behind(payload, (last) =>
          this.#forger.entry(last, payload.room, { user: this.#forger.stranger(to), kind: 'message' }, to),
        ),
    ],
    [
      'speaks for a user of another server',
      (payload, { to }) =>
        this.#behind(payload, (last) =>
          this.#forger.entry(last, payload.room, { user: this.#ofServer(to), kind: 'message' }, to),
        ),
    ],
    [
      'has its own server vouch for a user of another one',
      (payload, { to }) =>
        this.#behind(payload, (last) =>
          this.#forger.entry(last, payload.room, { user: this.#ofServer(to), kind: 'message' }),
        ),
    ],
    [
      'appends what is forbidden',
      (payload) => {
        const user = this.#forger.stranger(this.#man.home.id);
        const deed = this.#random.pick([
          { user, kind: 'message' },
          { user, kind: 'role', data: { subject: user, role: 'owner' } },
          { user, kind: 'settings', data: { joinRule: 'invite' } },
        ]);
        return this.#behind(payload, (last) => this.#forger.entry(last, payload.room, deed));
      },
    ],
    [
      'decrees what no clerk may',
      (payload, { to }) => {
        const user = clerkUser(this.#man.home.id);
        const subject = this.#ofServer(to);
        const deed = this.#random.pick([
          { user, kind: 'member', data: { change: 'ban', subject } },
          { user, kind: 'role', data: { subject, role: 'owner' } },
        ]);
        return this.#behind(payload, (last) => this.#forger.decree(last, payload.room, deed));
      },
    ],
    ['changes a byte of an entry', (payload) => ({ ...payload, lines: payload.lines.map((line) => this.#bent(line)) })],
    [
      'changes a byte of a checkpoint',
      (payload) => {
        const { checkpoint } = payload;
        if (!checkpoint) return undefined;
        const field = this.#random.pick(['chain', 'stateHash', 'signature'] as const);
        return { ...payload, checkpoint: { ...checkpoint, [field]: this.#bentBytes(checkpoint[field]) } };
      },
    ],
  ];

  #bent(line: LogLine): LogLine {
    return { ...line, header: this.#bentBytes(line.header) };
  }

  #bentBytes(bytes: Uint8Array): Uint8Array {
    const bent = Uint8Array.from(bytes);
    const at = this.#random.below(bent.length);
    bent[at] = bent[at]! ^ (1 << this.#random.below(8));
    return bent;
  }

  readonly #answers: Readonly<Record<string, (reply: never, to: Conversation) => unknown>> = {
    submit: (reply: QuestionReply<'submit'>) => {
      const state = this.#random.pick(['decided', 'gap', 'fork', 'later', 'closed'] as const);
      const hash = this.#random.bytes(32);
      const cursor = this.#random.pick([
        null,
        reply.cursor,
        { incarnation: this.#random.below(3), oseq: this.#random.below(30), hash },
      ]);
      return { ...reply, state, cursor, code: 'forbidden' };
    },
    range: (reply: QuestionReply<'range'>) => {
      const others = this.got.filter(({ from }) => from !== this.#man.home.id).map(({ line }) => line);
      return this.#random.pick([
        { ...reply, lines: reply.lines.slice(1) },
        { ...reply, lines: reply.lines.slice(0, -1) },
        { ...reply, before: this.#random.bytes(32) },
        { ...reply, lines: reply.lines.map((line) => this.#bent(line)) },
        { ...reply, lines: others.slice(-5) },
      ]);
    },
    snapshot: (reply: QuestionReply<'snapshot'>) => {
      const without = this.#random.below(Math.max(1, reply.keys.length));
      return this.#random.pick([
        { ...reply, values: reply.values.map((value, i) => (i === without ? this.#bentBytes(value) : value)) },
        {
          ...reply,
          keys: reply.keys.filter((_, i) => i !== without),
          values: reply.values.filter((_, i) => i !== without),
        },
        { ...reply, create: this.#bent(reply.create) },
        { ...reply, keys: reply.keys.toReversed() },
        { ...reply, keys: [], values: [], more: true },
      ]);
    },
    room: (reply: QuestionReply<'room'>, { to }) =>
      this.#random.pick([
        { ...reply, room: { ...reply.room, clerk: to } },
        { ...reply, cursor: { incarnation: 7, oseq: 7, hash: this.#random.bytes(32) } },
      ]),
    outcome: () => ({ header: this.#random.bytes(40) }),
    people: ({ people }: QuestionReply<'people'>, { to }) => ({
      people: people.map((each) => ({ ...each, user: this.#ofServer(to) })),
    }),
  };

  /** A room that the other server keeps, or any. */
  #roomOf({ to }: Conversation): string {
    const { keepers, rooms } = this.#scene;
    const own = [...keepers].filter(([, home]) => home.id === to).map(([room]) => room);
    return this.#random.pick(own.length > 0 && this.#random.chance(0.8) ? own : [...rooms.values()]);
  }

  #submit(to: Conversation, batch: ReturnType<Forger['batch']>): void {
    void to.ask('submit', batch);
  }

  readonly #speeches: readonly [weight: number, name: string, speech: (to: Conversation) => void][] = [
    [3, 'says something again', (to) => void this.#again(to)],
    [
      3,
      'hands in an act of another server’s user',
      (to) => {
        const other = this.#random.pick(this.#scene.homes);
        const deed = { user: this.#ofServer(other.id), kind: 'message' };
        const origin = this.#random.pick([other.id, this.#man.home.id]);
        this.#submit(to, this.#forger.batch(this.#roomOf(to), deed, { origin }));
      },
    ],
    [
      2,
      'hands in what its user may not do',
      (to) => {
        const user = this.#forger.stranger(this.#man.home.id);
        const subject = this.#ofServer(to.to);
        const deed = this.#random.pick([
          { user, kind: 'member', data: { change: 'kick', subject } },
          { user, kind: 'role', data: { subject: user, role: 'owner' } },
          { user, kind: 'message' },
          { user, kind: 'no such kind', data: { deep: [[[1]]] } },
        ]);
        this.#submit(to, this.#forger.batch(this.#roomOf(to), deed));
      },
    ],
    [
      2,
      'asks for what it may not read',
      (to) => {
        const room = this.#roomOf(to);
        const upTo = this.#random.between(1, 40);
        to.ask('range', { room, from: 1, to: upTo }).then((reply) => {
          const lines = (reply as QuestionReply<'range'> | undefined)?.lines ?? [];
          this.#keep(to.to, room, lines);
        });
        void to.ask('snapshot', { room });
        void to.ask('outcome', { room, user: this.#ofServer(to.to), clientId: 'x' });
      },
    ],
    [
      2,
      'says where it stands falsely',
      (to) => {
        const seq = this.#random.pick([0, this.#random.below(40), 1_000_000]);
        const at = this.#random.pick([null, { term: 1, seq }, { term: 9, seq }]);
        const rooms = [{ room: this.#roomOf(to), at, isReset: this.#random.chance(0.7) }];
        void to.say({ frame: { frame: 'cursor', payload: { rooms } }, priority: 'control', isAnswer: false });
      },
    ],
    [
      2,
      'says who types, who is here and what others are called',
      (to) => {
        const user = this.#ofServer(this.#random.pick(this.#scene.homes).id);
        const room = this.#roomOf(to);
        const frames: FederationFrame[] = [
          { frame: 'typing', payload: { room, user, active: true } },
          { frame: 'presence', payload: { people: [{ user, status: 'online' }], isReset: true } },
          { frame: 'named', payload: { people: [{ user, name: 'mallory' }] } },
        ];
        for (const frame of frames) void to.say({ frame, priority: 'control', isAnswer: false });
      },
    ],
    [1, 'sends what is no frame', (to) => void this.#garbage(to)],
  ];

  async #again(to: Conversation): Promise<void> {
    const before = this.#said.filter(({ said: { frame } }) => frame.frame !== 'answer' && frame.frame !== 'hello');
    if (before.length === 0) return;
    const { said } = this.#random.pick(before);
    const { frame } = said;
    if (frame.frame === 'ask') void to.ask(frame.payload.ask, frame.payload.payload);
    else await to.say(said);
  }

  async #garbage(to: Conversation): Promise<void> {
    let deep: unknown = 1;
    for (let i = 0; i < 40; i++) deep = [deep];
    const piece = (bytes: Uint8Array, hasMore = false) =>
      encodePiece({ priority: 'message', isAnswer: false, hasMore, bytes });
    const kind = this.#random.below(4);
    if (kind === 0) await to.bytes(piece(encodeCbor(['append', deep])));
    else if (kind === 1) await to.bytes(this.#random.bytes(50));
    else if (kind === 2) await to.bytes(piece(new Uint8Array(30_000)));
    else for (let i = 0; i < 70; i++) await to.bytes(piece(new Uint8Array(16_384), true));
  }
}
