/** One connection of a server to the directory: its requests, one after another, and what it watches. */
import type { Link } from '@parley/link';
import {
  check,
  type DirectoryEvent,
  type DirectoryPayload,
  type DirectoryReply,
  type DirectoryRequest,
  decodeRequest,
  directory,
  directoryVersion,
  type ErrorBody,
  encodeFrame,
  Refusal,
  type RequestFrame,
} from '@parley/protocol';
import { limitedAddress } from '../address.ts';
import type { Buckets } from '../bucket.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { Book } from './book.ts';
import { bounds } from './bounds.ts';

export interface VisitOptions {
  readonly book: Book;
  /** By address. */
  readonly buckets: { readonly request: Buckets; readonly announce: Buckets };
  readonly runtime: Pick<Runtime, 'setTimer' | 'randomBytes'>;
  readonly log: Log;
  /** An event as a frame: encoded once for everybody. */
  readonly frameOf: (event: DirectoryEvent) => Uint8Array;
}

type Answers = { [N in DirectoryRequest]: (payload: DirectoryPayload<N>) => Promise<DirectoryReply<N>> };

/** Serves a connection until it ends. Never rejects. */
export async function serveVisit(link: Link, options: VisitOptions): Promise<void> {
  const visit = new Visit(link, options);
  try {
    for await (const bytes of link.frames()) await visit.take(bytes);
  } catch (error) {
    if (!(error instanceof Refusal)) options.log.warn({ error }, 'a connection to the directory failed');
    link.close(error instanceof Refusal ? 'bad-frame' : 'failed');
  }
  await visit.end();
}

class Visit {
  readonly #link: Link;
  readonly #options: VisitOptions;
  readonly #challenge: Uint8Array;
  readonly #address: string;
  #isGreeted = false;
  /** The one that announced itself here. */
  #server: string | undefined;
  #unwatch: (() => void) | undefined;
  #cancel: () => void;

  constructor(link: Link, options: VisitOptions) {
    this.#link = link;
    this.#options = options;
    this.#challenge = options.runtime.randomBytes(32);
    this.#address = limitedAddress(link.peer.address);
    this.#cancel = options.runtime.setTimer(() => link.close('idle'), bounds.helloMs);
  }

  /** Rejects with a Refusal when this is no request at all. */
  async take(bytes: Uint8Array): Promise<void> {
    const frame = decodeRequest('cbor', bytes);
    const answer = await this.#answer(frame).then(
      (reply) => ({ id: frame.id, reply }),
      (error: unknown) => ({ id: frame.id, error: this.#errorOf(error, frame.request) }),
    );
    this.#send(encodeFrame('cbor', answer));
  }

  async end(): Promise<void> {
    const { book, log } = this.#options;
    this.#cancel();
    this.#unwatch?.();
    if (this.#server === undefined) return;
    const reason = await this.#link.closed;
    const how = reason === 'going-away' || reason === 'done' ? 'goodbye' : 'lost';
    await book.gone(this.#server, this, how).catch((error) => log.error({ error }, 'a leave could not be written'));
  }

  readonly #answers: Answers = {
    hello: async ({ versions }) => {
      if (!versions.includes(directoryVersion)) throw new Refusal('unsupported-version');
      const { book, runtime } = this.#options;
      this.#isGreeted = true;
      this.#cancel();
      this.#cancel = runtime.setTimer(() => this.#link.close('idle'), bounds.idleMs);
      const from = this.#link.peer.address;
      return { version: directoryVersion, network: book.network, book: book.name, challenge: this.#challenge, from };
    },
    announce: async (said) => {
      this.#charge('announce');
      const { server, ...reply } = await this.#options.book.announce(this, this.#challenge, said, this.#server);
      if (reply.accepted) this.#server = server;
      this.#cancel();
      return reply;
    },
    list: ({ since, limit }) => this.#options.book.list(since, limit),
    watch: async () => {
      const { book, frameOf } = this.#options;
      this.#unwatch ??= book.watch((event) => this.#send(frameOf(event)));
      this.#cancel();
      return { revision: book.revision };
    },
  };

  async #answer({ request, payload }: RequestFrame): Promise<unknown> {
    this.#charge('request');
    const type = isRequest(request) ? directory[request] : undefined;
    if (!isRequest(request) || !type) throw new Refusal('unknown-request');
    const checked = check<unknown>(type.payload, payload);
    if (!checked.ok) throw new Refusal('bad-request', { field: checked.field });
    if (this.#isGreeted === (request === 'hello')) throw new Refusal('bad-request', { field: 'hello' });
    return this.#answers[request](checked.value as never);
  }

  #charge(what: 'request' | 'announce'): void {
    const taken = this.#options.buckets[what].take(this.#address);
    if (!taken.ok) throw new Refusal('too-fast', { retryAfterMs: taken.retryAfterMs });
  }

  #send(frame: Uint8Array): void {
    if (this.#link.buffered > bounds.unreadBytes) this.#link.close('too-slow');
    // That the link is over is told by its frames.
    this.#link.send(frame).catch(() => {});
  }

  #errorOf(error: unknown, request: string): ErrorBody {
    if (error instanceof Refusal) return { code: error.code, message: error.message, ...error.detail };
    const id = this.#options.runtime.randomBytes(8).toHex();
    this.#options.log.error({ error, id, request }, 'a request to the directory failed');
    const { code, message } = new Refusal('internal');
    return { code, message, id };
  }
}

const isRequest = (name: string): name is DirectoryRequest =>
  Object.hasOwn(directory, name) && directory[name as keyof typeof directory].kind === 'request';
