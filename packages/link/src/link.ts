// One ordered, framed, two-way connection, whatever carries it. The conformance suite is its full definition.
import type { CloseReason } from './close-reason.ts';
import type { Framing } from './framing.ts';

export type Encoding = 'json' | 'cbor';

export interface Peer {
  /** The client's address, behind proxies that the door trusts; no port. Of a circuit, whoever passes it on. */
  readonly address: string;
  readonly transport: 'memory' | 'tcp' | 'websocket' | 'circuit';
  /** Whether TLS protects it, here or at a trusted proxy. */
  readonly secure: boolean;
}

export interface Link {
  readonly peer: Peer;
  /** What frames hold. On a WebSocket, `json` frames travel as text and must be UTF-8. */
  readonly encoding: Encoding;
  /**
   * Sends one frame; resolves when the next may be sent. Rejects with LinkClosed when the link is closed or closes
   * meanwhile, with FrameTooLarge (the link stays open) above this side's limit. Do not change the bytes afterwards.
   */
  send(frame: Uint8Array): Promise<void>;
  /**
   * Ends the link and tells the other side why, where it can be told. Idempotent: the first reason stays. Frames not
   * yet read here are dropped. `lost` tells nothing and breaks the connection at once.
   */
  close(reason: CloseReason): void;
  /**
   * What the other side sent, for one reader at a time; slow reading slows the sender. A later loop goes on where an
   * earlier one stopped. Ends when either side closes, after the frames that came before the other side's goodbye.
   * A frame may share its memory with others: copy what is kept for long.
   */
  frames(): AsyncIterableIterator<Uint8Array>;
  /** Resolves once, when the link is over, with this side's reason or else the other's. Never rejects. */
  readonly closed: Promise<CloseReason>;
  /** What `write` takes here, so that a fan-out frames once for every link of the same framing. */
  readonly framing: Framing;
  /**
   * Sends bytes that frameOnce or frameMany made for this `framing`, in order with `send`, in one write and without
   * waiting: mind `buffered`. Does nothing on a closed link. The bytes may be shared but must not change afterwards.
   */
  write(framed: Uint8Array): void;
  /** Bytes accepted but not yet taken by the transport. */
  readonly buffered: number;
}

export interface Listener {
  readonly address: { readonly host: string; readonly port: number };
  /** Stops accepting, closes every link as `going-away` and resolves when all connections are gone. */
  close(): Promise<void>;
}

/** Opens one link; rejects with LinkClosed (`lost`, `refused` or `busy`) or, aborted, with the signal's reason. */
export type Dial = (signal?: AbortSignal) => Promise<Link>;

/** The link is over, or never came to be. */
export class LinkClosed extends Error {
  readonly reason: CloseReason;

  constructor(reason: CloseReason, options?: ErrorOptions) {
    super(`link closed: ${reason}`, options);
    this.name = 'LinkClosed';
    this.reason = reason;
  }
}

/** A frame above this side's own limit was to be sent; nothing was. */
export class FrameTooLarge extends Error {
  readonly code = 'too-large';

  constructor(length: number, limit: number) {
    super(`a frame of ${length} bytes exceeds the limit of ${limit}`);
    this.name = 'FrameTooLarge';
  }
}
