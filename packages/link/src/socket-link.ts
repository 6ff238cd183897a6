// What links over a socket of Node share: its buffer, and the signs of life in it.
import type { Socket } from 'node:net';
import { BaseLink } from './base.ts';
import type { Source } from './inbox.ts';
import type { Encoding, Peer } from './link.ts';
import type { Beating, LinkSet } from './link-set.ts';

export interface SocketLinkOptions {
  readonly socket: Socket;
  readonly peer: Peer;
  readonly encoding: Encoding;
  readonly maxFrameBytes: number;
  readonly set: LinkSet;
}

export abstract class SocketLink extends BaseLink implements Beating {
  protected readonly socket: Socket;
  readonly #set: LinkSet;
  #readAtBeat = 0;
  #takenAtBeat = 0;
  #asked = false;

  constructor({ socket, peer, encoding, maxFrameBytes, set }: SocketLinkOptions, source: Source) {
    super(peer, encoding, maxFrameBytes, source);
    this.socket = socket;
    this.#set = set;
    set.add(this);
  }

  get buffered(): number {
    return this.socket.writableLength;
  }

  abort(): void {
    this.finish('lost', true);
    this.socket.destroy();
  }

  beat(): void {
    if (this.over) return;
    if (this.#livedSinceBeat()) {
      this.#asked = false;
    } else if (this.#asked) {
      this.close('lost');
    } else {
      this.#asked = true;
      this.ping();
    }
  }

  /** There is room again. */
  drained(): void {
    this.release();
  }

  protected abstract ping(): void;

  /** Frames that are sent in one turn go out in one system call, which costs more than all else about a small one. */
  protected gather(): void {
    if (this.socket.writableCorked > 0) return;
    this.socket.cork();
    process.nextTick(uncork, this.socket);
  }

  protected get timers(): LinkSet['timers'] {
    return this.#set.timers;
  }

  protected leave(): void {
    this.#set.delete(this);
  }

  #livedSinceBeat(): boolean {
    const { bytesRead, bytesWritten, writableLength } = this.socket;
    const taken = bytesWritten - writableLength;
    // A paused socket may hold the answer, and its reader is our own matter. With more waiting to be written, a
    // system that takes bytes has a peer that takes them too; the answer then comes behind all of them.
    const lived =
      this.inbox.paused || bytesRead !== this.#readAtBeat || (writableLength > 0 && taken !== this.#takenAtBeat);
    this.#readAtBeat = bytesRead;
    this.#takenAtBeat = taken;
    return lived;
  }
}

function uncork(socket: Socket): void {
  socket.uncork();
}
