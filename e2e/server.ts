/** A homeserver in a process of its own, which a test may kill at any moment. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** As `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly tcpPort: number;
  readonly pid: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** A process that has loaded the server and waits: starting it takes no longer than starting takes. */
export interface PreparedServer {
  start(data: string): Promise<ServerProcess>;
  kill(): Promise<void>;
}

export interface PrepareOptions {
  /** Multiplies the rate limits. */
  readonly rateFactor?: number;
  /** A program, with its arguments, that runs the process. */
  readonly under?: readonly string[];
}

export async function prepareServer({ rateFactor = 1, under = [] }: PrepareOptions = {}): Promise<PreparedServer> {
  const program = fileURLToPath(new URL('./server-process.ts', import.meta.url));
  const [execPath = process.execPath, ...before] = [...under, process.execPath].slice(0, under.length + 1);
  const isWrapped = under.length > 0;
  // The options of this process (those of the test runner) are not the server's.
  const child = fork(program, [], isWrapped ? { execPath, execArgv: before } : { execArgv: [] });
  const exited = once(child, 'exit');
  const gone = exited.then(() => Promise.reject(new Error('the process of the server ended')));
  gone.catch(() => undefined);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  await Promise.race([once(child, 'message'), gone]);
  return {
    async start(data) {
      const started = once(child, 'message');
      child.send({ data, rateFactor });
      const [{ url, tcpPort }] = (await Promise.race([started, gone])) as [{ url: string; tcpPort: number }];
      return { url, tcpPort, pid: child.pid ?? 0, kill };
    },
    kill,
  };
}
