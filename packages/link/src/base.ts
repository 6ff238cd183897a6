// The half of a link that is the same on every transport: the inbox, waiting for room, and how it ends.
import type { CloseReason } from './close-reason.ts';
import type { Framing } from './framing.ts';
import { Inbox, type Source } from './inbox.ts';
import { type Encoding, FrameTooLarge, type Link, LinkClosed, type Peer } from './link.ts';

const ready = Promise.resolve();

export abstract class BaseLink implements Link {
  abstract readonly framing: Framing;
  abstract readonly buffered: number;
  readonly peer: Peer;
  readonly encoding: Encoding;
  protected readonly inbox: Inbox;
  protected readonly maxFrameBytes: number;
  #reason: CloseReason | undefined;
  // Made when asked for: an idle link holds none of them.
  #closed: PromiseWithResolvers<CloseReason> | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(peer: Peer, encoding: Encoding, maxFrameBytes: number, source?: Source) {
    this.peer = peer;
    this.encoding = encoding;
    this.maxFrameBytes = maxFrameBytes;
    this.inbox = new Inbox(source);
  }

  abstract write(framed: Uint8Array): void;

  /** Hands a frame to the transport: `full` when the next must wait for `release`, `gone` when it was not taken. */
  protected abstract put(frame: Uint8Array): 'ready' | 'full' | 'gone';

  /** Tells the other side and lets the transport go. */
  protected abstract shut(reason: CloseReason): void;

  protected get over(): boolean {
    return this.#reason !== undefined;
  }

  get closed(): Promise<CloseReason> {
    this.#closed ??= Promise.withResolvers();
    if (this.#reason !== undefined) this.#closed.resolve(this.#reason);
    return this.#closed.promise;
  }

  send(frame: Uint8Array): Promise<void> {
    if (this.#reason !== undefined) return Promise.reject(new LinkClosed(this.#reason));
    if (frame.length > this.maxFrameBytes) return Promise.reject(new FrameTooLarge(frame.length, this.maxFrameBytes));
    const put = this.put(frame);
    if (put === 'ready') return ready;
    if (put === 'gone') return this.closed.then((reason) => Promise.reject(new LinkClosed(reason)));
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  close(reason: CloseReason): void {
    if (this.#reason !== undefined) return;
    this.finish(reason, true);
    this.shut(reason);
  }

  frames(): AsyncIterableIterator<Uint8Array> {
    return this.inbox;
  }

  /** The next frame may be sent. */
  protected release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** The link is over; only the first reason counts. `discard` drops what is unread. */
  protected finish(reason: CloseReason, discard: boolean): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#closed?.resolve(reason);
    this.inbox.end(discard);
    this.#room?.reject(new LinkClosed(reason));
    this.#room = undefined;
  }
}
