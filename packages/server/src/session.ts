/** A connection: link → hello → sign-in → requests. What is known of it and by when stands in the fields. */

import type { Link } from '@parley/link';
import {
  type EventName,
  encodeFrame,
  type Payload,
  type PrivacyRules,
  Refusal,
  type ServerEvent,
} from '@parley/protocol';
import { limitedAddress } from './address.ts';
import { encodeAll } from './fanout.ts';
import { Reader } from './reader.ts';
import type { PersonRecord } from './store/user.ts';
import { Turns } from './turns.ts';

/** Who is signed in on a connection. */
export interface Who {
  person: PersonRecord;
  /** Of the device: the same on every connection that resumed it. */
  session: string;
  device: string;
  /** A guest who has not spoken has no row in the database. */
  stored: boolean;
  /** What others are told of them; the same on all their connections. */
  privacy: PrivacyRules;
}

type PresenceState = 'online' | 'away';

export class Session {
  readonly link: Link;
  /** Whether it comes from this machine, through nothing in between. */
  readonly isLocal: boolean;
  readonly reader: Reader;
  /** Of this connection, unique over all nodes. */
  readonly id: string;
  /** Set by `session.hello`. */
  version: number | undefined;
  /** Set by signing in, cleared by signing out and when the session ends. */
  who: Who | undefined;
  /** A request of this connection is signing in. */
  signingIn = false;
  /** Set by `session.challenge`, taken by the proof. */
  challenge: { purpose: string; bytes: Uint8Array; expiresAt: number } | undefined;
  presence: PresenceState = 'online';
  /** Rooms whose events this connection gets, by id. */
  readonly following = new Set<string>();
  /** Public rooms that a guest reads without having joined, with the seq from which on. */
  readonly watching = new Map<string, number>();
  /** Rooms that a request of this connection is joining: its reply tells what others get as an event. */
  readonly joining = new Set<string>();
  readonly turns = new Turns();
  /** What limits of an address count it under. */
  readonly limitedAddress: string;
  /** A rate limit was reached since this was last looked at. */
  tooFast = false;
  /** Requests under way, by weight. */
  underWay = 0;

  constructor(id: string, link: Link, options: { isLocal: boolean; budgetBytes: number }) {
    this.id = id;
    this.link = link;
    this.isLocal = options.isLocal;
    this.limitedAddress = limitedAddress(link.peer.address);
    this.reader = new Reader(link, options.budgetBytes, () => this.end('too-slow'));
  }

  /** The signed-in person; refuses with `not-signed-in`. */
  get me(): Who {
    if (!this.who) throw new Refusal('not-signed-in');
    return this.who;
  }

  send<N extends EventName>(event: N, payload: Payload<N>): void {
    const { encoding, framing } = this.link;
    this.reader.deliver(encodeAll(encoding, framing, [{ event, payload } as ServerEvent]));
  }

  /** Sends before anything that the reader holds back; resolves when the next may be sent. */
  ahead<N extends EventName>(event: N, payload: Payload<N>): Promise<void> {
    return this.link.send(encodeFrame(this.link.encoding, { event, payload }));
  }

  /** Tells why and closes, once. */
  end(code: 'session-ended' | 'too-slow' | 'going-away'): void {
    if (this.reader.closed) return;
    this.reader.close();
    const { encoding, framing } = this.link;
    this.link.write(encodeAll(encoding, framing, [{ event: 'session.ended', payload: { code } }]));
    this.link.close(code === 'session-ended' ? 'refused' : code);
  }
}
