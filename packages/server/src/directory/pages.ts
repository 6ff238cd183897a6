/** Pages that show the network live: the whole list as server-sent events [HTML §9.2], then every change. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DirectoryEntry, type DirectoryEvent, limits, readServerRecord } from '@parley/protocol';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { Book } from './book.ts';
import { bounds } from './bounds.ts';

/** A server as the page shows it. */
export interface ShownServer {
  readonly server: string;
  readonly name: string | null;
  readonly addresses: readonly string[];
  /** Servers through which it is reached. */
  readonly relays: readonly string[];
  readonly present: boolean;
  readonly joinedAt: number;
  readonly seenAt: number;
  readonly revision: number;
}

/** Below the minute after which proxies give up a silent answer. */
const beatMs = 25_000;

export interface PagesOptions {
  readonly book: Book;
  readonly runtime: Pick<Runtime, 'setTimer' | 'now'>;
  readonly log: Log;
}

export class Pages {
  readonly #options: PagesOptions;
  readonly #open = new Set<ServerResponse>();
  readonly #unwatch: () => void;
  #cancelBeat: () => void;
  #closed = false;

  constructor(options: PagesOptions) {
    this.#options = options;
    this.#unwatch = options.book.watch((event) => this.#tell(event));
    this.#cancelBeat = options.runtime.setTimer(() => this.#beat(), beatMs);
  }

  /** Answers a request for the events, with the headers that every answer has. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closed || this.#open.size >= bounds.pages) {
      response.writeHead(503, { 'Retry-After': '60', 'Content-Length': 0 }).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // Asks proxies of a common kind to pass on what comes at once.
      'X-Accel-Buffering': 'no',
    });
    request.socket.setTimeout(0);
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    response.on('error', () => {});
    this.#start(response).catch((error) => {
      this.#options.log.error({ error }, 'the list of servers could not be read');
      response.destroy();
    });
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.#cancelBeat();
    for (const response of this.#open) response.end();
  }

  /** Changes come between the pages of the list: who reads them keeps the highest revision of each server. */
  async #start(response: ServerResponse): Promise<void> {
    const { book, runtime } = this.#options;
    this.#write(response, 'start', { network: book.network, now: runtime.now() });
    let since = 0;
    for (let more = true; more && this.#open.has(response); ) {
      const page = await book.list(since, limits.directoryPage);
      this.#write(response, 'servers', page.entries.map(shown));
      since = page.entries.at(-1)?.revision ?? since;
      more = page.more;
    }
    this.#write(response, 'ready', {});
  }

  #tell({ event, payload }: DirectoryEvent): void {
    const now = this.#options.runtime.now();
    const told = 'record' in payload ? { ...shown(payload), now } : { ...payload, now };
    for (const response of this.#open) this.#write(response, event, told);
  }

  #beat(): void {
    for (const response of this.#open) response.write(':\n\n');
    this.#cancelBeat = this.#options.runtime.setTimer(() => this.#beat(), beatMs);
  }

  #write(response: ServerResponse, event: string, data: unknown): void {
    if (response.writableLength > bounds.unreadBytes) response.destroy();
    else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function shown({ record, revision, present, joinedAt, seenAt }: DirectoryEntry): ShownServer {
  const { server, name, addresses, relays } = readServerRecord(record).record;
  return {
    server,
    name,
    addresses,
    relays: relays.map(({ server }) => server),
    present,
    joinedAt,
    seenAt,
    revision,
  };
}
