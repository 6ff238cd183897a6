// WebSocket links in a browser. A page can neither ping, nor pause, nor see the buffer drain: sending looks at the
// buffer from time to time, and unread bytes are bounded by closing.
import { BaseLink } from './base.ts';
import { browserCloseCode, type CloseReason, closeReason } from './close-reason.ts';
import { unframe } from './deframer.ts';
import { browserBufferedBytes, browserPollMs, browserUnreadBytes } from './limits.ts';
import { type Dial, type Encoding, LinkClosed } from './link.ts';
import { open } from './opening.ts';
import { filled, type LinkOptions } from './options.ts';
import type { Timers } from './runtime.ts';
import { subprotocols } from './subprotocol.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class BrowserLink extends BaseLink {
  readonly framing = 'length-prefixed';
  readonly #socket: WebSocket;
  readonly #timers: Timers;
  #cancelPoll: (() => void) | undefined;

  constructor(socket: WebSocket, encoding: Encoding, maxFrameBytes: number, timers: Timers) {
    const { hostname, protocol } = new URL(socket.url);
    super({ address: hostname, transport: 'websocket', secure: protocol === 'wss:' }, encoding, maxFrameBytes);
    this.#socket = socket;
    this.#timers = timers;
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#end(closeReason(event.code));
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  write(framed: Uint8Array): void {
    if (this.over) return;
    for (const frame of unframe(framed)) this.#hand(frame);
  }

  protected put(frame: Uint8Array): 'ready' | 'full' | 'gone' {
    if (this.#socket.readyState !== this.#socket.OPEN) return 'gone';
    this.#hand(frame);
    if (this.buffered <= browserBufferedBytes) return 'ready';
    this.#poll();
    return 'full';
  }

  protected shut(reason: CloseReason): void {
    this.#cancelPoll?.();
    this.#socket.close(browserCloseCode(reason), reason);
  }

  #hand(frame: Uint8Array): void {
    if (this.encoding === 'json') this.#socket.send(decoder.decode(frame));
    else this.#socket.send(frame as Uint8Array<ArrayBuffer>);
  }

  #poll(): void {
    this.#cancelPoll ??= this.#timers.setTimer(() => {
      this.#cancelPoll = undefined;
      if (this.buffered <= browserBufferedBytes) this.release();
      else this.#poll();
    }, browserPollMs);
  }

  #receive(data: unknown): void {
    if (this.over) return;
    const frame = frameOf(data, this.encoding);
    if (frame === undefined) this.close('bad-frame');
    else if (frame.length > this.maxFrameBytes) this.close('too-large');
    else if (this.inbox.bytes + frame.length > browserUnreadBytes) this.close('too-slow');
    else this.inbox.push(frame);
  }

  #end(reason: CloseReason): void {
    this.#cancelPoll?.();
    this.finish(reason, false);
  }
}

function frameOf(data: unknown, encoding: Encoding): Uint8Array | undefined {
  if (encoding === 'json') return typeof data === 'string' ? encoder.encode(data) : undefined;
  return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
}

export interface BrowserDialOptions extends LinkOptions {
  readonly encoding: Encoding;
}

/**
 * Dials a ws: or wss: address with the browser's WebSocket. Why a handshake failed is hidden from pages: it is always
 * `lost`. There is no heartbeat: the server sends one, and a request that stays unanswered tells the client.
 */
export function dial(url: string, options: BrowserDialOptions): Dial {
  const { maxFrameBytes, timers } = filled(options);
  return (signal) =>
    open(signal, timers, ({ opened, failed }) => {
      const socket = new WebSocket(url, subprotocols[options.encoding]);
      socket.binaryType = 'arraybuffer';
      socket.onclose = () => failed(new LinkClosed('lost'));
      socket.onopen = () => opened(new BrowserLink(socket, options.encoding, maxFrameBytes, timers));
      return () => socket.close();
    });
}
