/** A homeserver in a process of its own, which a test may kill at any moment. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** As `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly tcpPort: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Without ado, but by itself: what watches the process sees it end. */
  stop(): Promise<void>;
}

/** A process that has loaded the server and waits: starting it takes no longer than starting takes. */
export interface PreparedServer {
  start(data: string, among?: Partial<Among>): Promise<ServerProcess>;
  kill(): Promise<void>;
}

/** The other servers. */
interface Among {
  /** Where they are dialled. */
  readonly peers: readonly string[];
  /** Where they dial this one, unless that is where it listens. */
  readonly publicUrl: string;
}

/** What the process is told. */
export interface StartOrder extends Partial<Among> {
  readonly data: string;
  readonly rateFactor: number;
}

export interface PrepareOptions {
  /** Multiplies the rate limits. */
  readonly rateFactor?: number;
  /** A program that runs the process, with its arguments. */
  readonly under?: readonly string[];
}

export async function prepareServer({ rateFactor = 1, under = [] }: PrepareOptions = {}): Promise<PreparedServer> {
  const program = fileURLToPath(new URL('./server-process.ts', import.meta.url));
  // The options of this process (those of the test runner) are not the server's.
  const [execPath = process.execPath, ...execArgv] = [...under, process.execPath];
  const child = fork(program, [], { execPath, execArgv });
  const exited = once(child, 'exit');
  const gone = exited.then(() => Promise.reject(new Error('the process of the server ended')));
  gone.catch(() => undefined);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await exited;
  };
  await Promise.race([once(child, 'message'), gone]);
  return {
    async start(data, among = {}) {
      const started = once(child, 'message');
      child.send({ ...among, data, rateFactor } satisfies StartOrder);
      const [{ url, tcpPort }] = (await Promise.race([started, gone])) as [{ url: string; tcpPort: number }];
      return { url, tcpPort, kill, stop };
    },
    kill,
  };
}
