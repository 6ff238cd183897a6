// One connection that asks one request at a time and waits for its reply.
import type { Link } from '@parley/link';
import { dial } from '@parley/link/websocket';
import {
  decodeServerFrame,
  encodeFrame,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  type ServerEvent,
} from '@parley/protocol';

export class Talk {
  readonly #link: Link;
  #id = 0;

  private constructor(link: Link) {
    this.#link = link;
  }

  /** Connects to the server of an address as `http://127.0.0.1:8080` and greets it. */
  static async open(url: string): Promise<Talk> {
    const link = await dial(`${url.replace('http', 'ws')}/ws`, { encoding: 'json' })();
    return Talk.over(link);
  }

  /** Greets the server over a JSON link. */
  static async over(link: Link): Promise<Talk> {
    const talk = new Talk(link);
    await talk.request('session.hello', { versions: [1], client: 'bench' });
    return talk;
  }

  /** The next event that fits; what comes before it is dropped. */
  async next(fits: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    for await (const bytes of this.#link.frames()) {
      const frame = decodeServerFrame('json', bytes);
      if ('event' in frame && fits(frame as ServerEvent)) return frame as ServerEvent;
    }
    throw new Error('the server closed the connection');
  }

  /** Asks and waits for the reply; events meanwhile are dropped. Rejects with the server's Refusal. */
  async request<Name extends RequestName>(name: Name, payload: Payload<Name>): Promise<Reply<Name>> {
    const id = ++this.#id;
    await this.#link.send(encodeFrame('json', { id, request: name, payload }));
    for await (const bytes of this.#link.frames()) {
      const frame = decodeServerFrame('json', bytes);
      if ('event' in frame || frame.id !== id) continue;
      if ('error' in frame) throw new Refusal(frame.error.code, frame.error);
      return frame.reply as Reply<Name>;
    }
    throw new Error(`the server closed the connection instead of answering ${name}`);
  }

  close(): void {
    this.#link.close('done');
  }
}
