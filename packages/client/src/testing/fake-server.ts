/** Just enough of a server for tests of the client, over the memory link: accounts, rooms with real logs, sync, events. */
import type { Dial, Link } from '@parley/link';
import { type Carry, memoryNetwork } from '@parley/link/memory';
import {
  check,
  decodeRequest,
  encodeFrame,
  type MessageRef,
  type Payload,
  type Person,
  Refusal,
  type Reply,
  type RequestFrame,
  requestTypes,
  type ServerEvent,
  type SignedIn,
  serverOf,
} from '@parley/protocol';
import { FakeRoom } from './fake-room.ts';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
export const serverKey = `${'s'.repeat(51)}a`;

/** One connection. */
export interface Visitor {
  link: Link;
  me: SignedIn | undefined;
  following: boolean;
}

export interface FakeOptions {
  encoding?: 'json' | 'cbor';
  carry?: Carry;
  now(): number;
  /** Longest tail of a sync. */
  tail?: number;
}

/** Fields of payloads that were checked against their schemas. */
interface Given {
  name?: string;
  token: string;
  prefix: string;
  server?: string;
  alias: string;
  room: string;
  user: string;
  clientId: string;
  seq: number;
}

export class FakeServer {
  readonly accounts = new Map<string, SignedIn>();
  readonly tokens = new Map<string, SignedIn>();
  /** By alias, and as `ops:far.example` where another server keeps them. */
  readonly rooms = new Map<string, FakeRoom>();
  /** Ids of other servers by their names. */
  readonly servers = new Map<string, string>();
  readonly visitors = new Set<Visitor>();
  readonly requests: RequestFrame[] = [];
  /** Whether a reply to an act goes out before its event. */
  replyFirst = false;
  /** Whether it says what other servers are called; older ones do not. */
  tellsNames = false;
  /** Id of a server with which it has no link. */
  unreachable: string | undefined;
  /** Acts are queued until `decide`. */
  queueing = false;
  queued: { user: SignedIn; kind: string; payload: Payload<'message.send'> }[] = [];
  /** How far people have read, in every room. */
  readers: Reply<'receipt.list'>['readers'] = [];
  /** May refuse, delay (by a promise) or answer a request in place of the server. */
  before: ((name: string, payload: unknown, visitor: Visitor) => unknown) | undefined;
  readonly dial: Dial;
  readonly #options: FakeOptions;
  #accounts = 0;

  constructor(options: FakeOptions) {
    this.#options = options;
    const { encoding, carry } = options;
    const network = memoryNetwork({ ...(encoding && { encoding }), ...(carry && { carry }) });
    network.listen({ host: 'server', port: 1 }, (link) => void this.#serve(link));
    this.dial = network.dial('client', { host: 'server', port: 1 });
  }

  /** @param label as `ada`, or `bob:far.example` for somebody of another server */
  account(label: string, kind: SignedIn['kind'] = 'person'): SignedIn {
    const held = this.accounts.get(label);
    if (held) return held;
    const [name = '', server] = label.split(':');
    const letters = `${base32[this.#accounts >> 5]}${base32[this.#accounts++ & 31]}`;
    const user = `${letters.padEnd(16, 'a')}.${this.#idOf(server) ?? serverKey}`;
    const me: SignedIn = { token: `token-${label}`, session: 'a'.repeat(16), user, name, kind, serverRole: 'user' };
    this.accounts.set(label, me);
    this.tokens.set(me.token, me);
    return me;
  }

  /** @param label as `ops`, or `ops:far.example` for a room that another server keeps */
  room(label: string, ...members: string[]): FakeRoom {
    const held = this.rooms.get(label);
    if (held) return held;
    const [alias = '', server] = label.split(':');
    const room = new FakeRoom(`${base32[this.rooms.size]!.repeat(51)}a`, alias, this.#idOf(server));
    this.rooms.set(label, room);
    for (const name of members) room.members.add(this.account(name).user);
    return room;
  }

  #idOf(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const id = this.servers.get(name) ?? `${base32[25 - this.servers.size]!.repeat(51)}a`;
    this.servers.set(name, id);
    return id;
  }

  /** Somebody says something over another connection. */
  says(alias: string, name: string, text: string, more: { mentions?: string[]; clientId?: string } = {}) {
    const { clientId = `${name}-${this.room(alias).head + 1}`, ...body } = more;
    return this.acts(alias, name, { kind: 'message', clientId, body: { text, ...body } });
  }

  acts(label: string, name: string, act: Parameters<FakeRoom['append']>[1], silently = false) {
    return this.#actIn(this.room(label), name, act, silently);
  }

  #actIn(room: FakeRoom, name: string, act: Parameters<FakeRoom['append']>[1], silently: boolean) {
    const entry = room.append(this.account(name), act, this.#options.now());
    if (!silently) this.publish(room, entry.seq);
    return entry;
  }

  /** Sends an entry to everybody who follows the room. */
  publish(room: FakeRoom, seq: number): void {
    const payload = room.log[seq - 1];
    if (!payload || room.hidden.has(seq)) return;
    for (const visitor of this.visitors)
      if (visitor.following && visitor.me && room.members.has(visitor.me.user))
        this.tell(visitor, { event: 'entry.appended', payload });
  }

  tell(visitor: Visitor, event: ServerEvent): void {
    visitor.link.send(encodeFrame(visitor.link.encoding, event)).catch(() => {});
  }

  tellAll(name: string, event: ServerEvent): void {
    for (const visitor of this.visitors) if (visitor.me?.name === name) this.tell(visitor, event);
  }

  /** Breaks every connection. */
  drop(): void {
    for (const { link } of [...this.visitors]) link.close('lost');
    for (const { link } of [...this.visitors]) link.close('going-away');
  }

  /** Decides the oldest queued act. */
  decide(code?: string): void {
    const first = this.queued.shift();
    if (!first) return;
    const { clientId, room } = first.payload;
    const refused = { outcome: 'refused', code: code ?? '' } as const;
    const outcome = code === undefined ? this.#append(first.user, first.kind, first.payload) : refused;
    this.tellAll(first.user.name, { event: 'outcome.decided', payload: { room, clientId, outcome } });
  }

  async #serve(link: Link): Promise<void> {
    const visitor: Visitor = { link, me: undefined, following: false };
    this.visitors.add(visitor);
    for await (const bytes of link.frames()) {
      const frame = decodeRequest(link.encoding, bytes);
      this.requests.push(frame);
      void this.#answer(visitor, frame);
    }
    this.visitors.delete(visitor);
  }

  async #answer(visitor: Visitor, { id, request, payload }: RequestFrame): Promise<void> {
    const send = (rest: object) =>
      visitor.link
        .send(encodeFrame(visitor.link.encoding, { id, ...rest } as { id: number; reply: unknown }))
        .catch(() => {});
    try {
      const type = requestTypes.get(request);
      const checked = type && check(type.payload, payload);
      if (!checked?.ok) throw new Refusal('bad-request', { field: checked ? checked.field : request });
      const reply =
        (await this.before?.(request, checked.value, visitor)) ?? this.#handle(request, checked.value, visitor);
      const { tellOthers, ...rest } = reply as { tellOthers?: () => void };
      if (!this.replyFirst) tellOthers?.();
      void send({ reply: rest });
      if (this.replyFirst) tellOthers?.();
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal', { id: String(error) });
      void send({ error: { code: refusal.code, message: refusal.message, ...refusal.detail } });
    }
  }

  #handle(request: string, payload: unknown, visitor: Visitor): object {
    const given = payload as Given;
    if (request === 'session.hello') return this.#hello();
    if (request === 'session.ping') return { now: this.#options.now() };
    if (request === 'session.signIn' || request === 'account.register' || request === 'account.guest')
      return this.#enter(visitor, this.account(given.name ?? 'guest'));
    if (request === 'session.resume') return this.#enter(visitor, this.tokens.get(given.token));
    const me = visitor.me;
    if (!me) throw new Refusal('not-signed-in');
    if (request === 'sync.start') return this.#sync(visitor, me, given as unknown as Payload<'sync.start'>);
    if (request === 'server.get') {
      if (!this.tellsNames) throw new Refusal('unknown-request');
      const names = new Map([...this.servers].map(([name, id]) => [id, name]));
      const { servers } = given as unknown as Payload<'server.get'>;
      const told = (id: string) => ({ id, name: names.get(id), verified: false, isLinked: id !== this.unreachable });
      return { servers: servers.map((id) => ({ ...told(id) })) };
    }
    if (request === 'presence.set' || request === 'typing.set') return {};
    if (request === 'user.get') {
      const { users } = given as unknown as Payload<'user.get'>;
      return { people: [...this.accounts.values()].filter(({ user }) => users.includes(user)).map(personOf) };
    }
    if (request === 'session.signOut') {
      this.tokens.delete(me.token);
      return {};
    }
    if (request === 'room.resolve') return { room: this.#roomNamed(given.alias, given.server).view(me.user) };
    if (request === 'room.list') {
      const at = given.server === undefined ? undefined : this.#serverOf(given.server);
      const found = [...this.rooms.values()].filter(({ server }) => server === at);
      return { rooms: found.map((room) => room.view(me.user)), more: false };
    }
    if (request === 'user.find') {
      const at = given.server === undefined ? serverKey : this.#serverOf(given.server);
      const found = [...this.accounts.values()].filter(({ user }) => serverOf(user) === at);
      return { people: found.filter(({ name }) => name.startsWith(given.prefix)).map(personOf) };
    }
    if (request === 'direct.open') {
      const other = [...this.accounts.values()].find(({ user }) => user === given.user);
      if (!other) throw new Refusal('unknown-target');
      const held = [...this.rooms.values()].find(({ direct }) => direct?.person.id === given.user);
      const room = held ?? this.room(`with-${other.user}`, me.name);
      room.direct = { person: personOf(other) as Person, membership: 'invited' };
      return { sync: room.sync(me.user, undefined, 200) };
    }
    if (request === 'room.create') {
      const room = this.room(given.alias, me.name);
      return { sync: room.sync(me.user, undefined, 200) };
    }
    return this.#inRoom(request, given, me);
  }

  #inRoom(request: string, given: Given, me: SignedIn): object {
    const room = this.#roomById(given.room);
    switch (request) {
      case 'room.join': {
        room.members.add(me.user);
        const data = { change: 'join', subject: me.user };
        this.publish(
          room,
          room.append(me, { kind: 'member', clientId: given.clientId, data }, this.#options.now()).seq,
        );
        return { sync: room.sync(me.user, undefined, 200) };
      }
      case 'room.get':
        return { room: room.view(me.user) };
      case 'room.leave':
        room.members.delete(me.user);
        return {};
      case 'history.page':
        return room.page(given as unknown as Payload<'history.page'>);
      case 'marker.set': {
        room.markers.set(me.user, given.seq);
        const counts = { room: room.id, ...room.counts(me.user) };
        return { ...counts, tellOthers: () => this.tellAll(me.name, { event: 'marker.changed', payload: counts }) };
      }
      case 'member.list': {
        const members = [...this.accounts.values()].filter(({ user }) => room.members.has(user));
        const view = (one: SignedIn) => ({ person: personOf(one), role: 'member', since: 0, status: 'online' });
        return { members: members.map(view), more: false, total: members.length };
      }
      case 'receipt.list':
        return { readers: this.readers };
      case 'presence.list':
        return { present: [...room.members].map((user) => ({ user, status: 'online', devices: 1 })) };
      default:
        return this.#act(request, given as unknown as Payload<'message.send'>, me, room);
    }
  }

  #act(request: string, payload: Payload<'message.send'>, me: SignedIn, room: FakeRoom): object {
    const kind = request === 'message.send' ? 'message' : request.replace('message.', '');
    if (!request.startsWith('message.')) return { outcome: 'entry', term: 1, seq: room.head, at: 0 };
    if (!room.members.has(me.user)) throw new Refusal('not-a-member');
    const { clientId } = payload;
    const there = room.find({ user: me.user, clientId });
    if (there) return { outcome: 'entry', term: there.term, seq: there.seq, at: there.at };
    if (this.queueing) {
      const again = this.queued.some((one) => one.payload.clientId === clientId);
      if (!again) this.queued.push({ user: me, kind, payload });
      return { outcome: 'queued' };
    }
    const entered = this.#append(me, kind, payload, true);
    return { ...entered, tellOthers: () => this.publish(room, entered.seq) };
  }

  #append(me: SignedIn, kind: string, payload: Payload<'message.send'>, silently = false) {
    const { target, emoji, reason, body } = payload as {
      target?: MessageRef;
      emoji?: string;
      reason?: string;
      body?: unknown;
    };
    const said = kind === 'react' ? { emoji } : kind === 'redact' ? { ...(reason !== undefined && { reason }) } : body;
    const act = {
      kind,
      clientId: payload.clientId,
      ...(target && { target }),
      ...(said !== undefined && { body: said }),
    };
    const room = this.#roomById(payload.room);
    const { term, seq, at } = this.#actIn(room, me.name, act, silently);
    return { outcome: 'entry', term, seq, at } as const;
  }

  #hello(): object {
    const server = { id: serverKey, name: 'fake', network: 'test' };
    return { version: 1, features: [], server, signUp: 'open', guests: true, now: this.#options.now() };
  }

  #enter(visitor: Visitor, me: SignedIn | undefined): SignedIn {
    if (!me) throw new Refusal('session-ended');
    if (!this.tokens.has(me.token)) this.tokens.set(me.token, me);
    visitor.me = me;
    return me;
  }

  #sync(visitor: Visitor, me: SignedIn, { rooms }: Payload<'sync.start'>): object {
    visitor.following = true;
    const own = [...this.rooms.values()].filter((room) => room.members.has(me.user));
    const tail = this.#options.tail ?? 200;
    return { rooms: own.map((room) => room.sync(me.user, rooms[room.id], tail)), invitations: [] };
  }

  #roomNamed(alias: string, server: string | undefined): FakeRoom {
    const at = server === undefined ? undefined : this.#serverOf(server);
    const room = [...this.rooms.values()].find((each) => each.alias === alias && each.server === at);
    if (!room) throw new Refusal('not-found');
    return room;
  }

  #serverOf(label: string): string {
    const id = [...this.servers].find(([name, key]) => label === name || label === key)?.[1];
    if (id === undefined) throw new Refusal('not-found');
    return id;
  }

  #roomById(id: string): FakeRoom {
    for (const room of this.rooms.values()) if (room.id === id) return room;
    throw new Refusal('not-found');
  }
}

/** People of other servers carry a label that says little, as a server gives it that knows no name. */
const personOf = ({ user, name, kind }: SignedIn) => {
  const server = serverOf(user);
  return { id: user, name, ...(server !== serverKey && { server: server.slice(0, 8) }), kind };
};
