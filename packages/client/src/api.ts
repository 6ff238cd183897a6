/**
 * What applications see of the SDK: values that can be read and watched, and functions. Nothing here knows a screen.
 */
import type { KeyMessage, OwnKey } from '@parley/e2ee';
import type { Dial } from '@parley/link';
import type {
  ChannelPerson,
  ChannelReach,
  Content,
  Entry,
  EntryOf,
  ErrorCode,
  MemberView,
  MessageRef,
  Payload,
  Person,
  PresenceStatus,
  RawEntry,
  Reply,
  RequestName,
  RoomView,
  ServerEvent,
  ServerNotice,
  SignedIn,
} from '@parley/protocol';

/** A key of one's own; the secret may be anywhere, as in a worker. */
export type { KeyMessage, OwnKey };

/** A value that changes. `get` returns the same object until it changes, so a view can compare by identity. */
export interface Readable<T> {
  get(): T;
  /** Calls `listener` after each change; returns what stops it. */
  subscribe(listener: () => void): () => void;
  /** The present value, then each later one (values in between may be skipped); ends when `signal` aborts. */
  values(signal?: AbortSignal): AsyncIterable<T>;
}

/** What the SDK needs of its surroundings; handed in so that a simulator can replace it. */
export interface Runtime {
  /** Unix ms. */
  now(): number;
  /** Milliseconds that only grow. */
  elapsed(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  randomBytes(length: number): Uint8Array;
  /** Calls back once after `ms`; returns what cancels it. */
  setTimer(callback: () => void, ms: number): () => void;
}

/** Where the outbox, cursors, drafts and the newest entries of each room are kept. Writes resolve when they are durable. */
export interface Store {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Applies all changes at once: a value sets, undefined deletes. */
  apply(changes: ReadonlyMap<string, Uint8Array | undefined>): Promise<void>;
  /** Everything whose key begins with `prefix`, in order of keys. */
  list(prefix: string): Promise<[key: string, value: Uint8Array][]>;
  close(): Promise<void>;
}

export type Status =
  | { state: 'connecting'; attempt: number }
  /** Signed in and following all rooms. */
  | { state: 'online' }
  /** Connected, not signed in. */
  | { state: 'anonymous' }
  /** No connection; the next try comes at `retryAt` (Unix ms). */
  | { state: 'offline'; retryAt: number; code?: ErrorCode }
  /** Closed by the application, or the session ended. */
  | { state: 'closed'; code?: ErrorCode };

export interface ServerInfo extends Pick<Reply<'session.hello'>, 'server' | 'signUp' | 'guests' | 'features'> {}

/** Another server. */
export interface ServerName {
  readonly id: string;
  /** What to call it: its name, else the beginning of its key. */
  readonly label: string;
  /** Undefined where nobody told one. */
  readonly name: string | undefined;
  /** Whether DNS proves the name; else the server only claims it. */
  readonly verified: boolean;
  /** Whether one's own server has a link with it, as it tells; undefined: it was never asked. */
  readonly reachable: boolean | undefined;
}

/** Other servers of which something is known, by id. */
export interface ServerNames extends Readable<ReadonlyMap<string, ServerName>> {
  /** What a server is called. Of one that is new one's own server is asked; listeners hear what it says. */
  of(id: string): ServerName;
  /** Asks one's own server about these; never rejects. */
  refresh(ids: readonly string[]): Promise<void>;
  /** What to call the server of a person, by the person's id; undefined for one's own. `told`: what it was called there. */
  labelOf(user: string, told?: string): string | undefined;
  /** The id of a server by its id, its name or the beginning of its key; undefined when that is not known here. */
  idOf(label: string): string | undefined;
  /** How to name a server in a request, by what a person typed: undefined for one's own. Refuses (`not-found`) what is no name. */
  elsewhere(typed: string): string | undefined;
}

export interface ClientOptions {
  dial: Dial;
  store: Store;
  runtime: Runtime;
  /** As `web/0.1.0`. */
  name: string;
  /** Of this device, shown in the list of sessions. */
  device: string;
  signal?: AbortSignal;
}

export interface Client {
  readonly status: Readable<Status>;
  /** Undefined until the first hello. */
  readonly server: Readable<ServerInfo | undefined>;
  /** Undefined while nobody is signed in. */
  readonly me: Readable<SignedIn | undefined>;
  readonly rooms: Readable<readonly RoomSummary[]>;
  readonly invitations: Readable<readonly RoomView[]>;
  /** Acts that wait for their outcome or failed, in all rooms, oldest first. */
  readonly outbox: Readable<readonly OutboxRow[]>;
  readonly servers: ServerNames;
  /** What those who run the server say to everybody; asked for from the first time it is read. */
  readonly notice: Readable<ServerNotice | undefined>;

  /** Connects and stays connected; resumes the session whose token the store holds. Resolves after the first hello. */
  start(): Promise<void>;
  register(details: { name: string; password: string; display?: string; invite?: string }): Promise<SignedIn>;
  signIn(details: { name: string; password: string }): Promise<SignedIn>;
  /** `sign` gets the bytes of keyProof and returns an Ed25519 signature. */
  signInWithKey(details: { key: Uint8Array; sign(message: Uint8Array): Promise<Uint8Array> }): Promise<SignedIn>;
  guest(name?: string): Promise<SignedIn>;
  resume(token: string): Promise<SignedIn>;
  signOut(): Promise<void>;
  /** One typed request on the present connection; rejects with a Refusal, or code `unavailable` while offline. */
  request<N extends RequestName>(name: N, payload: Payload<N>, options?: { signal?: AbortSignal }): Promise<Reply<N>>;
  /** Every event of the server, as it arrives. */
  events(signal?: AbortSignal): AsyncIterable<ServerEvent>;
  /** A room that is in `rooms`: by its id, `#alias` for one of one's own server, `#alias:server`, or `@name[:server]`. */
  room(address: string): Room | undefined;
  /** A room that one may know of, by the same. Refuses with `not-found`, `unavailable`. */
  resolve(address: string): Promise<RoomView>;
  /**
   * Joins by the same, or by `id:server`, and resolves when the room can be used. `server` may be given apart: one that
   * knows the room. Where it cannot be asked now the refusal is `unavailable`; of a room that was named by its id one's
   * own server goes on trying, and the room comes into `rooms` when it could.
   */
  join(address: string, server?: string): Promise<Room>;
  /** Makes a room. When the answer was lost, the same call again gets the room that was made. */
  create(details: Omit<Payload<'room.create'>, 'clientId'>): Promise<Room>;
  /**
   * The conversation with somebody, by their id, `@name` or `@name:server`: the one there is, else a new one, into which
   * they are invited. Refuses with `not-found`, `unknown-target`, `blocked`, `too-many`, `unavailable`; throws Ambiguous.
   */
  direct(person: string): Promise<Room>;
  /** Channels that were joined; they are when the client starts anew no more. */
  readonly channels: Readable<readonly Channel[]>;
  /** A channel that was joined, by its name with or without `~`. */
  channel(name: string): Channel | undefined;
  /** Listens to a channel. Refuses with `too-many`, `unavailable`, and with `bad-request` for what is no name. */
  joinChannel(name: string): Promise<Channel>;
  /** Has a key sign in to this account from now on. Refuses with `duplicate`, `too-many`. */
  addKey(own: Pick<OwnKey, 'key' | 'sign'>, label: string): Promise<void>;
  /**
   * Messages to a key of one's own: resolves when the server knows that it is here. Each is acknowledged when it was
   * opened, once; it goes on over new connections, and ends with `signal`, or with the server's refusal.
   */
  listenAtKey(own: OwnKey, signal?: AbortSignal): Promise<AsyncIterable<KeyMessage>>;
  /** Resolves when it was opened by somebody who is at the key now; refuses with `nobody-there`, `unavailable`, `too-fast`. */
  sendToKey(own: OwnKey, to: Uint8Array, message: { text: string; name?: string }): Promise<{ deliveredAt: number }>;
  /** What a person is called, from what was seen; undefined when never seen. */
  person(user: string): Person | undefined;
  /** Tries a failed act again, or a waiting one now. What was refused for good is sent as another act. */
  retry(act: ActRef): Promise<void>;
  /** Forgets an act that waits or failed; what the server has already may still come to pass. */
  discard(act: ActRef): Promise<void>;
  /** A new name for an act, for requests that need a `clientId`. */
  newClientId(): string;
  /** People seen so far who have this account name, whatever their server. */
  peopleNamed(name: string): Person[];
  /** Says how this device is used; said again on each new connection. */
  setPresence(status: 'online' | 'away'): void;
  /** Tries to connect now instead of waiting until `retryAt`. */
  reconnect(): void;
  /** Writes what is cached, ends the connection and closes the store. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface RoomSummary {
  view: RoomView;
  /** The server that keeps it, when it is another one; of a conversation of two that of the other person. */
  server: ServerName | undefined;
  unread: number;
  mentions: number;
  /** Position up to which everything is read. */
  marker: number;
  /** The newest message that is known, for the list. */
  last: { text: string; name: string; at: number } | undefined;
  draft: string;
}

/** Names an act of one's own: a clientId is good for one act in each room. */
export interface ActRef {
  clientId: string;
  room: string;
}

export interface OutboxRow extends ActRef {
  /** As `message.send`. */
  request: RequestName;
  payload: unknown;
  at: number;
  /** `queued`: one's own server has it, the room's server has not decided. */
  state: 'waiting' | 'sending' | 'queued' | 'failed';
  /** Why it failed. */
  code?: ErrorCode;
  /** When a refused row may be tried again, Unix ms. */
  retryAt?: number;
  /** The refusal stands in the room's log under this clientId: tried again it gets another one. */
  decided?: boolean;
}

export interface ReactionGroup {
  emoji: string;
  people: { user: string; name: string; clientId: string }[];
  /** The clientId of one's own reaction, to take it back. */
  mine: string | undefined;
}

/** A message as it stands now: edits, reactions, pins and redaction folded in. */
export interface MessageRow {
  type: 'message';
  key: string;
  user: string;
  name: string;
  display: string | undefined;
  server: string | undefined;
  clientId: string;
  /** Undefined until the message stands in the log. */
  seq: number | undefined;
  at: number;
  /** Null when it was deleted or erased. */
  body: Content | null;
  mine: boolean;
  mentionsMe: boolean;
  state: 'sent' | 'waiting' | 'sending' | 'queued' | 'failed';
  code: ErrorCode | undefined;
  retryAt: number | undefined;
  edited: { seq: number; at: number } | undefined;
  redacted: { name: string; reason: string | undefined } | undefined;
  reactions: ReactionGroup[];
  pinned: boolean;
  imported: boolean;
}
/** Membership, settings, moderation, imports' system lines. */
export interface NoticeRow {
  type: 'notice';
  key: string;
  seq: number;
  at: number;
  entry: Entry;
}
/** An entry of a kind that this version does not know. */
export interface UnknownRow {
  type: 'unknown';
  key: string;
  seq: number;
  at: number;
  entry: RawEntry;
}
export type Row = MessageRow | NoticeRow | UnknownRow;

export interface TimelineState {
  /** Oldest first; pending rows of the outbox at the end when `atEnd`. Rows that did not change keep their identity. */
  rows: readonly Row[];
  /** Whether there is more to load before the first and after the last row. */
  before: boolean;
  after: boolean;
  /** The window reaches the newest entry and grows with it. */
  atEnd: boolean;
  loading: 'before' | 'after' | 'jump' | undefined;
  /** The marker when the timeline was opened: the "New" line stands after it; undefined = no line. */
  newAfter: number | undefined;
  error: ErrorCode | undefined;
}

/** A window over a room's log: pages in both ways, follows the end, fills gaps by itself. */
export interface Timeline extends Readable<TimelineState> {
  loadBefore(): Promise<void>;
  loadAfter(): Promise<void>;
  /** Moves the window; resolves with the key of the row to show, or undefined for an empty room. */
  jump(to: 'newest' | 'first-unread' | { seq: number } | { at: number } | MessageRef): Promise<string | undefined>;
  close(): void;
}

export interface SendOptions {
  clientId?: string;
  signal?: AbortSignal;
  /** Resolves with the place in the log only, however long the room's server takes; never with `queued`. */
  untilDecided?: boolean;
}
/** `queued`: one's own server keeps it until the room's server, which is another one, has decided. */
export type Sent = { seq: number; at: number } | 'queued';

/** Somebody who has read up to `seq`. */
export interface Reader {
  readonly user: string;
  readonly name: string;
  readonly seq: number;
}

export interface Room {
  readonly id: string;
  readonly summary: Readable<RoomSummary>;
  /** People who type now, without oneself. */
  readonly typing: Readable<readonly { user: string; name: string }[]>;
  /** Who is here, from the first time it is read. */
  readonly presence: Readable<ReadonlyMap<string, PresenceStatus>>;
  /** How far others have read, by their ids, as far as they tell it; empty in rooms with more than 100 members. */
  readonly receipts: Readable<ReadonlyMap<string, Reader>>;
  timeline(): Timeline;
  /** Optimistic and durable: the row is in the timeline at once and in the store before it is sent. Resolves on the ack, rejects with the refusal. */
  send(body: string | Content, options?: SendOptions): Promise<Sent>;
  edit(target: MessageRef, body: string | Content, options?: SendOptions): Promise<Sent>;
  redact(target: MessageRef, reason?: string, options?: SendOptions): Promise<Sent>;
  react(target: MessageRef, emoji: string, options?: SendOptions): Promise<Sent>;
  unreact(reaction: MessageRef, options?: SendOptions): Promise<Sent>;
  pin(target: MessageRef, options?: SendOptions): Promise<Sent>;
  unpin(target: MessageRef, options?: SendOptions): Promise<Sent>;
  /** Throttled here; call it on every keystroke. */
  setTyping(typing: boolean): void;
  markRead(seq: number): void;
  setDraft(text: string): void;
  /** Members by role, paged by the server. */
  members(query?: {
    query?: string;
    after?: string;
    limit?: number;
  }): Promise<{ members: MemberView[]; more: boolean; total: number }>;
  /** `queued`: one is in the room until its server, which is another one, has heard of it. */
  leave(): Promise<'left' | 'queued'>;
  /** Every message from after `since` (default: from now on), history first, then live; survives reconnection. */
  messages(options?: { since?: number; signal?: AbortSignal }): AsyncIterable<EntryOf<'message'>>;
  /** As `messages`, but every entry of the log: edits, reactions, membership, kinds that this version does not know. */
  entries(options?: { since?: number; signal?: AbortSignal }): AsyncIterable<RawEntry>;
}

/** Words in a channel, of others or of one's own. */
export interface ChannelSaid {
  type: 'said';
  key: string;
  user: string;
  name: string;
  /** Label of their server when it is another one. */
  server: string | undefined;
  at: number;
  text: string;
  /** As `/me waves`. */
  action: boolean;
  mine: boolean;
  state: 'sent' | 'sending' | 'failed';
  /** Why it failed. */
  code: ErrorCode | undefined;
}
/** Words that did not come here. */
export interface ChannelGap {
  type: 'gap';
  key: string;
  at: number;
  /** How many; undefined: nobody knows, for there was no connection. */
  missed: number | undefined;
  /** Whose; undefined: anybody's. */
  from: { user: string; name: string; server: string | undefined } | undefined;
}
export type ChannelLine = ChannelSaid | ChannelGap;

/** An ephemeral channel that was joined. What was heard since is in memory, and nowhere else. */
export interface Channel {
  /** Without `~`. */
  readonly name: string;
  /** The newest ones, oldest first. */
  readonly lines: Readable<readonly ChannelLine[]>;
  readonly reach: Readable<ChannelReach>;
  /** Said once, or not at all: a refusal is shown with the line, and nothing is kept to be sent later. */
  send(text: string, options?: { action?: boolean }): Promise<void>;
  /** Takes away a line that was not said. */
  discard(key: string): void;
  /** Who listens on this server, and who was heard from others. */
  people(): Promise<ChannelPerson[]>;
  /** Each line as it comes, from now on. */
  heard(signal?: AbortSignal): AsyncIterable<ChannelLine>;
  leave(): Promise<void>;
}
