/** The client: a session, its rooms and its outbox put together. */
import { keyProof, type Payload, type RoomView, type ServerEvent, type SignedIn, serverOf } from '@parley/protocol';
import type { ActRef, Client, ClientOptions, Room } from './api.ts';
import { Cache } from './cache.ts';
import { Channels } from './channel.ts';
import { newClientId } from './client-id.ts';
import type { Connection } from './connection.ts';
import { Entering, type EnteringPort } from './entering.ts';
import { queued } from './event-queue.ts';
import { KeyMessages } from './key.ts';
import { accountPrefixes, fromBytes, keys, toBytes } from './keys.ts';
import { queuedEvents } from './limits.ts';
import { Notice } from './notice.ts';
import { type ActName, Outbox } from './outbox.ts';
import { People } from './people.ts';
import type { Surroundings } from './room.ts';
import { Rooms } from './rooms.ts';
import { namesTold, readNames, Servers } from './server.ts';
import { Session } from './session.ts';

/** Makes a client. It does nothing until `start`; the store is its own until `close`. */
export function createClient(options: ClientOptions): Client {
  return new ParleyClient(options);
}

class ParleyClient implements Client {
  readonly #options: ClientOptions;
  readonly #cache: Cache;
  readonly #people = new People((id, label) => this.#servers.seen(id, label));
  readonly #servers: Servers;
  readonly #outbox: Outbox;
  readonly #rooms: Rooms;
  readonly #channels: Channels;
  readonly #keys: KeyMessages;
  readonly #entering: Entering;
  readonly #notice: Notice;
  readonly #session: Session;
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  #loading: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #presence: 'online' | 'away' = 'online';
  readonly #onAbort = () => void this.close();

  constructor(options: ClientOptions) {
    this.#options = options;
    const { store, runtime, dial, name } = options;
    this.#cache = new Cache(store, runtime);
    this.#session = new Session({
      dial,
      store,
      runtime,
      name,
      follow: (connection, me) => this.#follow(connection, me),
      online: () => this.#online(),
      disconnected: () => this.#disconnected(),
      event: (event) => this.#take(event),
    });
    this.#outbox = new Outbox({
      store,
      runtime,
      online: () => this.#session.isOnline,
      send: (act, payload) => this.#session.request(act, payload as Payload<ActName>),
      entered: (row, place) => this.#rooms.entered(row, place),
    });
    this.#servers = new Servers({
      own: () => this.#ownServer(),
      people: () => this.#people.all(),
      online: () => this.#session.isOnline,
      ask: (servers) => this.#session.request('server.get', { servers, watch: true }),
      changed: () => this.#cache.set(keys.servers, this.#servers.named()),
    });
    const surroundings = this.#surroundings();
    const { request, me, online } = surroundings;
    this.#rooms = new Rooms(surroundings);
    this.#channels = new Channels({ runtime, request, me, labelOf: (user, told) => this.#servers.labelOf(user, told) });
    this.#keys = new KeyMessages({ runtime, request, online, server: () => this.#ownServer()?.id });
    this.#notice = new Notice({ online, ask: () => request('notice.get', {}) });
    const asks: EnteringPort['asks'] = (name, payload) => this.request(name, payload);
    this.#entering = new Entering({ runtime, request, asks, rooms: this.#rooms, servers: this.#servers });
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get status(): Client['status'] {
    return this.#session.status;
  }

  get server(): Client['server'] {
    return this.#session.server;
  }

  get me(): Client['me'] {
    return this.#session.me;
  }

  get rooms(): Client['rooms'] {
    return this.#rooms.list;
  }

  get invitations(): Client['invitations'] {
    return this.#rooms.invitations;
  }

  get outbox(): Client['outbox'] {
    return this.#outbox.rows;
  }

  get channels(): Client['channels'] {
    return this.#channels.list;
  }

  get servers(): Client['servers'] {
    return this.#servers;
  }

  get notice(): Client['notice'] {
    return this.#notice.value;
  }

  async start(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    await this.#load();
    await this.#session.start();
  }

  register(details: Parameters<Client['register']>[0]): Promise<SignedIn> {
    const { device } = this.#options;
    return this.#signIn((connection) => connection.request('account.register', { ...details, device }));
  }

  signIn(details: Parameters<Client['signIn']>[0]): Promise<SignedIn> {
    const { device } = this.#options;
    return this.#signIn((connection) => connection.request('session.signIn', { ...details, device }));
  }

  signInWithKey({ key, sign }: Parameters<Client['signInWithKey']>[0]): Promise<SignedIn> {
    const { device } = this.#options;
    return this.#signIn(async (connection) => {
      const server = this.server.get()?.server.id ?? '';
      const { challenge } = await connection.request('session.challenge', { purpose: 'sign-in' });
      const signature = await sign(keyProof('sign-in', server, challenge));
      return connection.request('session.signInWithKey', { key, signature, device });
    });
  }

  guest(name?: string): Promise<SignedIn> {
    const { device } = this.#options;
    const details = { device, ...(name !== undefined && { name }) };
    return this.#signIn((connection) => connection.request('account.guest', details));
  }

  resume(token: string): Promise<SignedIn> {
    return this.#signIn((connection) => connection.request('session.resume', { token }));
  }

  async signOut(): Promise<void> {
    await this.#session.signOut();
    await this.#wipe();
  }

  request: Client['request'] = async (name, payload, options) => {
    const reply = await this.#session.request(name, payload, options);
    this.#servers.learn(namesTold(name, payload, reply));
    return reply;
  };

  events(signal?: AbortSignal): AsyncIterable<ServerEvent> {
    const listen = (take: (event: ServerEvent) => void) => {
      this.#listeners.add(take);
      return () => this.#listeners.delete(take);
    };
    return queued(listen, queuedEvents, signal);
  }

  room(address: string): Room | undefined {
    return this.#rooms.get(address);
  }

  resolve(typed: string): Promise<RoomView> {
    return this.#entering.resolve(typed);
  }

  join(name: string, server?: string): Promise<Room> {
    return this.#entering.join(name, server);
  }

  create(details: Parameters<Client['create']>[0]): Promise<Room> {
    return this.#entering.create(details);
  }

  direct(person: string): Promise<Room> {
    return this.#entering.direct(person);
  }

  channel(name: string): ReturnType<Client['channel']> {
    return this.#channels.get(name);
  }

  joinChannel(name: string): ReturnType<Client['joinChannel']> {
    return this.#channels.join(name);
  }

  addKey(...[own, label]: Parameters<Client['addKey']>): ReturnType<Client['addKey']> {
    return this.#keys.add(own, label);
  }

  listenAtKey(...[own, signal]: Parameters<Client['listenAtKey']>): ReturnType<Client['listenAtKey']> {
    return this.#keys.listen(own, signal);
  }

  sendToKey(...[own, to, message]: Parameters<Client['sendToKey']>): ReturnType<Client['sendToKey']> {
    return this.#keys.send(own, to, message);
  }

  person(user: string): ReturnType<Client['person']> {
    return this.#people.get(user);
  }

  peopleNamed(name: string): ReturnType<Client['peopleNamed']> {
    return this.#people.named(name);
  }

  newClientId(): string {
    return newClientId(this.#options.runtime);
  }

  setPresence(status: 'online' | 'away'): void {
    if (status === this.#presence) return;
    this.#presence = status;
    if (this.#session.isOnline) this.request('presence.set', { status }).catch(() => {});
  }

  reconnect(): void {
    this.#session.reconnect();
  }

  retry(act: ActRef): Promise<void> {
    return this.#outbox.retry(act);
  }

  discard(act: ActRef): Promise<void> {
    return this.#outbox.discard(act);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Without a connection the account says whose it is. */
  #ownServer(): { id: string; name?: string } | undefined {
    const me = this.me.get();
    return this.server.get()?.server ?? (me && { id: serverOf(me.user) });
  }

  #surroundings(): Surroundings {
    const { runtime } = this.#options;
    return {
      runtime,
      cache: this.#cache,
      people: this.#people,
      servers: this.#servers,
      outbox: this.#outbox,
      status: this.#session.status,
      online: () => this.#session.isOnline,
      me: () => this.#session.me.get(),
      request: (name, payload, asking) => this.#session.request(name, payload, asking),
      resync: () => this.#session.resync(),
      changed: () => this.#rooms.changed(),
      left: (room) => this.#rooms.remove(room),
    };
  }

  #load(): Promise<void> {
    // Side by side: what a browser's database takes for one read it takes for all of them.
    this.#loading ??= Promise.all([
      this.#session.load(),
      this.#outbox.load(),
      this.#rooms.load(this.#options.store),
      this.#options.store.get(keys.servers).then((held) => this.#servers.learn(readNames(fromBytes(held)))),
    ]).then(() => undefined);
    return this.#loading;
  }

  async #signIn(ask: (connection: Connection) => Promise<SignedIn>): Promise<SignedIn> {
    await this.#load();
    return this.#session.signIn(ask);
  }

  /** What the store holds belongs to one account: to another one it must not show. */
  async #follow(connection: Connection, me: SignedIn): Promise<void> {
    const { store } = this.#options;
    const account = fromBytes(await store.get(keys.account));
    if (account !== me.user) {
      await this.#wipe();
      await store.apply(new Map([[keys.account, toBytes(me.user)]]));
    }
    const { user: id, name, display, kind } = me;
    this.#people.see({ id, name, ...(display !== undefined && { display }), kind });
    await this.#rooms.follow(connection);
  }

  #online(): void {
    if (this.#presence !== 'online') this.request('presence.set', { status: this.#presence }).catch(() => {});
    this.#rooms.opened();
    this.#servers.opened();
    this.#outbox.opened();
    this.#channels.opened();
    this.#keys.opened();
    this.#notice.opened();
  }

  #disconnected(): void {
    this.#rooms.disconnected();
    this.#channels.disconnected();
  }

  #take(event: ServerEvent): void {
    if (event.event === 'account.changed') this.#profileChanged(event.payload);
    this.#servers.take(event);
    this.#notice.take(event);
    this.#rooms.take(event);
    this.#channels.take(event);
    this.#keys.take(event);
    for (const listener of [...this.#listeners]) listener(event);
  }

  #profileChanged({ person, serverRole }: Payload<'account.changed'>): void {
    const me = this.me.get();
    if (!me || person.id !== me.user) return;
    const { display: _, ...rest } = me;
    const role = serverRole === 'owner' || serverRole === 'admin' ? serverRole : 'user';
    const display = person.display === undefined ? {} : { display: person.display };
    this.#session.profileChanged({ ...rest, ...display, name: person.name, serverRole: role });
    this.#people.see(person);
  }

  async #wipe(): Promise<void> {
    const { store } = this.#options;
    this.#outbox.clear();
    this.#rooms.clear();
    this.#channels.clear();
    this.#keys.clear();
    this.#notice.clear();
    this.#servers.clear();
    await this.#cache.flush();
    const changes = new Map<string, undefined>([[keys.account, undefined]]);
    for (const prefix of accountPrefixes) for (const [key] of await store.list(prefix)) changes.set(key, undefined);
    await store.apply(changes);
  }

  async #close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#outbox.close();
    await this.#session.close();
    this.#rooms.close();
    this.#channels.close();
    this.#keys.close();
    for (const listener of [...this.#listeners]) this.#listeners.delete(listener);
    await this.#cache.flush();
    await this.#options.store.close();
  }
}
