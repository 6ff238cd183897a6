/**
 * Being connected: dials, says hello, resumes the session whose token the store holds, follows the rooms, and starts
 * over when the connection ends, until the session or the application does.
 */
import type { Dial, Link } from '@parley/link';
import {
  check,
  type ErrorCode,
  type Payload,
  protocolVersion,
  Refusal,
  type Reply,
  type RequestName,
  type ServerEvent,
  type SignedIn,
  signedIn,
} from '@parley/protocol';
import type { Readable, Runtime, ServerInfo, Status, Store } from './api.ts';
import { backoff } from './backoff.ts';
import { type Asking, Connection } from './connection.ts';
import { fromBytes, keys, toBytes } from './keys.ts';
import { dialMs } from './limits.ts';
import { value } from './readable.ts';
import { sleep, until } from './wait.ts';

export interface SessionPort {
  readonly dial: Dial;
  readonly store: Store;
  readonly runtime: Runtime;
  readonly name: string;
  /** Signed in over this connection: follow the rooms. */
  follow(connection: Connection, me: SignedIn): Promise<void>;
  /** Online from here on. */
  online(): void;
  disconnected(): void;
  event(event: ServerEvent): void;
}

const sleeping = Symbol('woken');

export class Session {
  readonly #port: SessionPort;
  readonly #status = value<Status>({ state: 'connecting', attempt: 0 });
  readonly #server = value<ServerInfo | undefined>(undefined);
  readonly #me = value<SignedIn | undefined>(undefined);
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #stop = new AbortController();
  #wake: AbortController | undefined;
  #closed = false;
  /** The connection was ended on purpose: the next one is dialled at once. */
  #again = false;
  #endedWith: ErrorCode | undefined;

  constructor(port: SessionPort) {
    this.#port = port;
  }

  get status(): Readable<Status> {
    return this.#status;
  }

  get server(): Readable<ServerInfo | undefined> {
    return this.#server;
  }

  get me(): Readable<SignedIn | undefined> {
    return this.#me;
  }

  get isOnline(): boolean {
    return this.#status.get().state === 'online' && this.#connection !== undefined && !this.#connection.over;
  }

  /** Who the store says one is. */
  async load(): Promise<void> {
    const held = check(signedIn, fromBytes(await this.#port.store.get(keys.session)));
    if (held.ok) this.#me.set(held.value);
  }

  /** Connects and stays connected; resolves after the first hello, rejects when it is closed before. */
  async start(): Promise<void> {
    if (this.#closed) throw new Refusal('unavailable');
    if (!this.#running) {
      this.#stop = new AbortController();
      this.#endedWith = undefined;
      this.#server.set(undefined);
      this.#running = this.#run();
    }
    const hello = until(this.#server, (info) => info !== undefined, this.#stop.signal);
    await hello;
  }

  /** One request, once it is known whether there is a connection. */
  async request<N extends RequestName>(name: N, payload: Payload<N>, asking: Asking<N> = {}): Promise<Reply<N>> {
    const status = this.#status.get();
    if (status.state === 'connecting') await until(this.#status, isSettled, asking.signal);
    const connection = this.#connection;
    if (!connection || connection.over) throw new Refusal('unavailable');
    return connection.request(name, payload, asking);
  }

  /** Signs in by one of the requests that do, and follows the rooms. */
  async signIn(ask: (connection: Connection) => Promise<SignedIn>): Promise<SignedIn> {
    await this.start();
    const status = await until(this.#status, isSettled);
    if (status.state === 'online') throw new Refusal('already-signed-in');
    const connection = this.#connection;
    if (!connection || connection.over) throw new Refusal('unavailable');
    const me = await ask(connection);
    await this.#port.store.apply(new Map([[keys.session, toBytes(me)]]));
    this.#me.set(me);
    await this.#follow(connection, me);
    return me;
  }

  /** Ends the session here and, as far as it can be reached, on the server; a new connection is made without it. */
  async signOut(): Promise<void> {
    const connection = this.#connection;
    if (this.isOnline) await connection?.request('session.signOut', {}).catch(() => {});
    await this.forget();
    this.resync();
    this.reconnect();
  }

  /** Forgets who one is. */
  async forget(): Promise<void> {
    this.#me.set(undefined);
    await this.#port.store.apply(new Map([[keys.session, undefined]]));
  }

  profileChanged(me: SignedIn): void {
    this.#me.set(me);
    this.#port.store.apply(new Map([[keys.session, toBytes(me)]])).catch(() => {});
  }

  /** Ends the wait for the next try. */
  reconnect(): void {
    this.#wake?.abort(sleeping);
  }

  /** Starts over with a new connection. */
  resync(): void {
    if (!this.#connection || this.#connection.over) return;
    this.#again = true;
    this.#connection.close('done');
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort(new Refusal('unavailable'));
    this.#connection?.close('done');
    await this.#running;
    this.#status.set({ state: 'closed' });
  }

  async #run(): Promise<void> {
    const { runtime } = this.#port;
    let attempt = 0;
    while (!this.#stop.signal.aborted) {
      this.#status.set({ state: 'connecting', attempt });
      const { established, refusal } = await this.#once();
      this.#connection = undefined;
      this.#port.disconnected();
      if (established) attempt = 0;
      if (this.#stop.signal.aborted) break;
      const code = this.#endedWith ?? refusal?.code;
      if (code === 'session-ended' || code === 'unsupported-version') {
        if (code === 'session-ended') await this.forget().catch(() => {});
        this.#stop.abort(refusal ?? new Refusal(code));
        this.#running = undefined;
        this.#status.set({ state: 'closed', code });
        return;
      }
      if (this.#again) {
        this.#again = false;
        continue;
      }
      const waitMs = Math.max(backoff(runtime, attempt), refusal?.detail.retryAfterMs ?? 0);
      attempt += 1;
      this.#status.set({ state: 'offline', retryAt: runtime.now() + waitMs, ...(code && { code }) });
      this.#wake = new AbortController();
      await sleep(runtime, waitMs, AbortSignal.any([this.#stop.signal, this.#wake.signal])).catch(() => {});
      this.#wake = undefined;
    }
  }

  /** One connection from dialling to its end. `established`: it came as far as being signed in, or anonymous. */
  async #once(): Promise<{ established: boolean; refusal: Refusal | undefined }> {
    let established = false;
    let connection: Connection | undefined;
    try {
      const link = await this.#dial();
      connection = new Connection(link, this.#port.runtime, (event) => this.#take(event));
      this.#connection = connection;
      await this.#hello(connection);
      const me = await this.#resume(connection);
      if (me) await this.#follow(connection, me);
      else this.#status.set({ state: 'anonymous' });
      established = true;
      await connection.closed;
      return { established, refusal: undefined };
    } catch (error) {
      connection?.close('done');
      return { established, refusal: error instanceof Refusal ? error : undefined };
    }
  }

  async #dial(): Promise<Link> {
    const late = new AbortController();
    const cancel = this.#port.runtime.setTimer(() => late.abort(new Refusal('unavailable')), dialMs);
    const signal = AbortSignal.any([this.#stop.signal, late.signal]);
    try {
      const link = await this.#port.dial(signal);
      if (!signal.aborted) return link;
      link.close('done');
      throw signal.reason;
    } finally {
      cancel();
    }
  }

  async #hello(connection: Connection): Promise<void> {
    const reply = await connection.request('session.hello', { versions: [protocolVersion], client: this.#port.name });
    const { server, signUp, guests, features } = reply;
    this.#server.set({ server, signUp, guests, features });
  }

  /** Signs in with the token that is held, if any; a token that is void is forgotten. */
  async #resume(connection: Connection): Promise<SignedIn | undefined> {
    const held = this.#me.get();
    if (!held) return undefined;
    try {
      const me = await connection.request('session.resume', { token: held.token });
      await this.#port.store.apply(new Map([[keys.session, toBytes(me)]]));
      this.#me.set(me);
      return me;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code !== 'session-ended' && error.code !== 'bad-credentials') throw error;
      await this.forget();
      return undefined;
    }
  }

  async #follow(connection: Connection, me: SignedIn): Promise<void> {
    try {
      await this.#port.follow(connection, me);
    } catch (error) {
      connection.close('done');
      throw error;
    }
    if (connection.over) throw new Refusal('unavailable');
    this.#status.set({ state: 'online' });
    this.#port.online();
  }

  #take(event: ServerEvent): void {
    if (event.event === 'session.ended' && event.payload.code === 'session-ended') this.#endedWith = 'session-ended';
    this.#port.event(event);
  }
}

const isSettled = (status: Status): status is Exclude<Status, { state: 'connecting' }> => status.state !== 'connecting';
