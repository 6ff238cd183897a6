/** One connection that speaks the protocol frame by frame, for what the SDK would never do. */
import type { Dial, Link } from '@parley/link';
import {
  decodeServerFrame,
  encodeFrame,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  type ServerFrame,
} from '@parley/protocol';

export class Connection {
  readonly link: Link;
  /** Everything that came and was not the reply to a `request`. */
  readonly rest: ServerFrame[] = [];
  #id = 0;

  private constructor(link: Link) {
    this.link = link;
  }

  /** Dials and says hello. */
  static async open(dial: Dial): Promise<Connection> {
    const connection = new Connection(await dial());
    await connection.request('session.hello', { versions: [1], client: 'e2e/1' });
    return connection;
  }

  /** Sends without waiting; returns the request's id. */
  async send(request: string, payload: unknown): Promise<number> {
    const id = ++this.#id;
    await this.link.send(encodeFrame(this.link.encoding, { id, request, payload }));
    return id;
  }

  /** The next frame; undefined when the server has closed. */
  async next(): Promise<ServerFrame | undefined> {
    const { value } = await this.link.frames().next();
    return value && decodeServerFrame(this.link.encoding, value);
  }

  /** Sends and waits for the reply. Rejects with the server's Refusal. */
  async request<Name extends RequestName>(name: Name, payload: Payload<Name>): Promise<Reply<Name>> {
    const id = await this.send(name, payload);
    for (let frame = await this.next(); frame; frame = await this.next()) {
      if ('event' in frame || frame.id !== id) this.rest.push(frame);
      else if ('error' in frame) throw new Refusal(frame.error.code, frame.error);
      else return frame.reply as Reply<Name>;
    }
    throw new Error(`the server closed instead of answering ${name}`);
  }
}
