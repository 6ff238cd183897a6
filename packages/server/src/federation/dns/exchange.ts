/** One question to a resolver and its answer, by UDP [RFC 1035 §4.2.1] or TCP [RFC 7766]. Each has a socket, port and id of its own. */
import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import type { Runtime } from '../../runtime.ts';
import { isAnswerTo, maxUdpBytes } from './message.ts';

export interface ResolverAddress {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

export interface ExchangeOptions {
  readonly resolver: ResolverAddress;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** No honest answer to what is asked here comes near it. */
export const maxTcpBytes = 16_384;

/** The answer to `question`; undefined when none came in time, or nobody listens. Anything else that arrives is passed over. */
export function overUdp(question: Buffer, options: ExchangeOptions): Promise<Buffer | undefined> {
  const { host, port } = options.resolver;
  return within(options, (settle) => {
    const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
    socket.on('error', () => settle(undefined));
    socket.on('message', (bytes) => {
      if (bytes.length <= maxUdpBytes && isAnswerTo(question, bytes)) settle(bytes);
    });
    // Connected, the socket hears the resolver alone, and hears that nobody listens there.
    socket.on('connect', () => socket.send(question));
    socket.connect(port, host);
    return () => socket.close();
  });
}

/** The answer to `question`; undefined when none came in time, nobody listens, or what came is no answer to it. */
export function overTcp(question: Buffer, options: ExchangeOptions): Promise<Buffer | undefined> {
  const { host, port } = options.resolver;
  return within(options, (settle) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    socket.on('error', () => settle(undefined));
    socket.on('close', () => settle(undefined));
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(question.length);
      socket.write(Buffer.concat([length, question]));
    });
    socket.on('data', (more: Buffer) => {
      received = Buffer.concat([received, more]);
      if (received.length < 2) return;
      const end = 2 + received.readUInt16BE(0);
      if (end > 2 + maxTcpBytes || received.length > end) settle(undefined);
      else if (received.length === end) {
        const bytes = received.subarray(2);
        settle(isAnswerTo(question, bytes) ? bytes : undefined);
      }
    });
    return () => socket.destroy();
  });
}

type Settle = (bytes: Buffer | undefined) => void;

/** Runs an exchange until it settles, its time is over or the signal aborts, and then clears it away. Never rejects. */
async function within(
  { runtime, timeoutMs, signal }: ExchangeOptions,
  start: (settle: Settle) => () => void,
): Promise<Buffer | undefined> {
  if (signal.aborted) return undefined;
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const giveUp = (): void => resolve(undefined);
  const end = start(resolve);
  const cancel = runtime.setTimer(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await promise;
  } finally {
    cancel();
    signal.removeEventListener('abort', giveUp);
    end();
  }
}
