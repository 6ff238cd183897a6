/** Somebody at a terminal: one `parley rpc` that stays, through all that happens to its server. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { killed } from './host-process.ts';

const retryMs = 200;

interface Fault {
  readonly message: string;
  readonly data?: { readonly code?: string; readonly retryable?: boolean };
}

/** An error that the command answered. */
export class Refused extends Error {
  readonly mayRetry: boolean;

  constructor({ message, data }: Fault) {
    super(message);
    this.mayRetry = data?.retryable === true || data?.code === 'unavailable';
  }
}

interface Line {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly kind?: string; readonly roomId: string; readonly text: string };
  readonly result?: object;
  readonly error?: Fault;
}

export class Terminal {
  readonly person: string;
  /** What its server took, by rooms and in order. */
  readonly said = new Map<string, string[]>();
  /** What it was shown, by ids of rooms and in order. */
  readonly heard = new Map<string, string[]>();
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  readonly #ended: Promise<never>;
  #wake = Promise.withResolvers<void>();
  #id = 0;

  constructor(person: string, child: ChildProcess) {
    this.person = person;
    this.#child = child;
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    child.stdin?.on('error', () => {});
    createInterface({ input: child.stdout! }).on('line', (line) => this.#take(JSON.parse(line)));
    this.#ended = once(child, 'close').then(([code, signal]) => {
      throw new Error(`the terminal of ${person} ended with ${code ?? signal}: ${complaint}`);
    });
    this.#ended.catch(() => {});
  }

  /** Rejects with the error that was answered. */
  async ask(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    const answered = Promise.withResolvers<Record<string, unknown>>();
    this.#asked.set(id, answered);
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return Promise.race([answered.promise, this.#ended]);
  }

  /** Comes into a room, and is shown what is said there from now on. Resolves with the room's id. */
  async enter(room: string): Promise<string> {
    await this.ask('join', { room });
    const { id } = await this.ask('subscribe', { room });
    return String(id);
  }

  /** Says it, again and again under one name, until the server says that it has it. */
  async say(room: string, text: string, signal: AbortSignal): Promise<void> {
    // One name for one message, whatever the room.
    const clientId = `${room} ${text}`.replace(/[^a-z\d]/g, '-');
    for (;;) {
      signal.throwIfAborted();
      const isTaken = await this.ask('send', { room, text, clientId }).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Refused) || !error.mayRetry) throw error;
          return false;
        },
      );
      if (isTaken) break;
      await sleep(retryMs, undefined, { signal });
    }
    const said = this.said.get(room) ?? [];
    this.said.set(room, [...said, text]);
  }

  /** Resolves when it was shown all of these. @param room an id */
  async hears(room: string, texts: readonly string[], signal: AbortSignal): Promise<void> {
    const stopped = once(signal, 'abort').then(() => signal.throwIfAborted());
    stopped.catch(() => {});
    for (;;) {
      signal.throwIfAborted();
      const heard = new Set(this.heard.get(room));
      if (texts.every((text) => heard.has(text))) return;
      await Promise.race([this.#wake.promise, stopped, this.#ended]);
    }
  }

  async end(): Promise<void> {
    await killed(this.#child);
  }

  #take(line: Line): void {
    if (line.method === 'entry' && line.params?.kind === 'message') {
      const { roomId, text } = line.params;
      this.heard.set(roomId, [...(this.heard.get(roomId) ?? []), text]);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }
    const asked = this.#asked.get(line.id ?? 0);
    this.#asked.delete(line.id ?? 0);
    if (line.error) asked?.reject(new Refused(line.error));
    else asked?.resolve({ ...line.result });
  }
}
