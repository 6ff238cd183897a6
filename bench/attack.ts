// A hostile client of its own address: one connection after another that says what nobody should, reads nothing, or asks
// for everything at once. Counts what came back: an error with a code from the table, or the end of the connection.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrorCode } from '@parley/protocol';
import { Connection, type Scratch, scratch } from './connection.ts';
import { websocket } from './websocket.ts';

export interface Tally {
  requests: number;
  answers: number;
  /** Connections that the server ended, with the requests on them that it did not answer. */
  closes: number;
  /** Answers that are no error of the table and no reply. */
  untyped: number;
}

const waveRequests = 10_000;
const deafConnections = 20;
const answerTimeoutMs = 60_000;

const request = (name: string, payload: string) => `{"id":7,"request":"${name}","payload":${payload}}`;
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const noise = (length: number) =>
  String.fromCharCode(...Array.from({ length }, (_, i) => 33 + ((i * i * 31 + length * 17) % 90)));

/** One frame of each kind; every one has to be answered. */
const frames: readonly string[] = [
  noise(200),
  '',
  '{"id":1,"request":"session.p',
  'null',
  '[[],[],[]]',
  '{"id":"one","request":"session.ping","payload":{}}',
  '{"id":1,"request":7}',
  '{"id":1,"request":"session.ping","payload":{},"admin":true}',
  request('session.ping', '{"admin":true}'),
  request('session.ping', '[]'),
  request('session.ping', deep(6_000)),
  request('session.ping', `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`),
  request('session.ping', '{"__proto__":{"admin":true}}'),
  request('__proto__', '{}'),
  request('constructor.name', '{}'),
  request('message.send', '{"room":{},"clientId":[],"body":null}'),
  request('history.page', '{"room":"x","limit":1e308,"show":"all"}'),
  request('account.register', `{"name":"${'a'.repeat(5_000)}","password":1,"device":{}}`),
];

/** Bytes that no WebSocket takes. */
const brokenBytes = [
  Buffer.alloc(300, 0xff),
  Buffer.from('81027b7d', 'hex'),
  Buffer.from('81ff7fffffffffffffff', 'hex'),
];

export class Attack {
  readonly tally: Tally = { requests: 0, answers: 0, closes: 0, untyped: 0 };
  readonly #port: number;
  readonly #room: string;
  readonly #from: string;
  readonly #memory: Scratch = scratch();
  readonly #deaf: Socket[] = [];
  #stopped = false;

  constructor(port: number, room: string, from: string) {
    this.#port = port;
    this.#room = room;
    this.#from = from;
  }

  /** Attacks until {@link stop}, on a connection of each sort at a time. */
  async run(): Promise<void> {
    const everythingAtOnce = Array.from({ length: waveRequests }, () => Buffer.from(request('session.ping', '{}')));
    const oneOfEach = frames.map((frame) => Buffer.from(frame));
    await Promise.all([
      this.#again(() => this.#say(everythingAtOnce, true)),
      this.#again(() => this.#say(oneOfEach, true)),
      this.#again(() => this.#say(oneOfEach, false)),
      this.#again(async () => {
        await this.#say([Buffer.alloc(20_000, 32)], false);
        for (const bytes of brokenBytes) await this.#break(bytes);
        if (this.#deaf.length < deafConnections) this.#listenToNothing();
      }),
    ]);
    for (const socket of this.#deaf) socket.destroy();
  }

  async #again(form: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      await form();
      await sleep(5);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #open(): Promise<Connection> {
    const wire = websocket({ path: '/ws', protocol: 'parley.v1.json' });
    return Connection.open(this.#port, wire, this.#memory, this.#from);
  }

  #greeting(signIn: boolean): Buffer[] {
    const hello = request('session.hello', '{"versions":[1],"client":"x"}');
    const guest = request('account.guest', '{"device":"x"}');
    return [hello, ...(signIn ? [guest] : [])].map((frame) => Buffer.from(frame));
  }

  /** Sends all at once and waits until each is answered or the server closes. */
  async #say(payloads: readonly Buffer[], signIn: boolean): Promise<void> {
    const connection = await this.#open();
    for (const frame of this.#greeting(signIn)) {
      connection.send(frame);
      await connection.next();
    }
    const done = Promise.withResolvers<void>();
    let left = payloads.length;
    connection.flow((buffer, start, end) => {
      const frame = JSON.parse(buffer.toString('utf8', start, end));
      if (frame.event !== undefined) return;
      this.tally.answers++;
      if (frame.error ? !isErrorCode(frame.error.code) : frame.reply === undefined) this.tally.untyped++;
      if (--left === 0) done.resolve();
    });
    this.tally.requests += payloads.length;
    connection.sendAll(payloads);
    const closed = connection.failed.then(() => {
      this.tally.closes++;
    });
    const late = AbortSignal.timeout(answerTimeoutMs);
    late.addEventListener('abort', () => done.reject(new Error(`${left} hostile requests were not answered`)));
    await Promise.race([done.promise, closed]);
    connection.close();
  }

  async #break(bytes: Buffer): Promise<void> {
    const connection = await this.#open();
    this.tally.requests++;
    connection.sendUnframed(bytes);
    await connection.failed;
    this.tally.closes++;
  }

  /** Asks for page after page and reads none. */
  #listenToNothing(): void {
    const wire = websocket({ path: '/ws', protocol: 'parley.v1.json' });
    const page = `{"room":"${this.#room}","limit":100,"show":"everything"}`;
    const join = request('room.join', `{"room":"${this.#room}","clientId":"join"}`);
    const asked = [join, ...Array.from({ length: 100 }, () => request('history.page', page))];
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: this.#from });
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.pause();
      for (const frame of [...this.#greeting(true), ...asked.map((each) => Buffer.from(each))])
        socket.write(wire.frame(frame));
    });
    socket.write(wire.opening());
    this.#deaf.push(socket);
  }
}
