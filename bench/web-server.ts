// The server as people start it, web app included, in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url));

export interface WebServer {
  /** As `http://127.0.0.1:8080`. */
  url: string;
  ownerSecret: string;
  /** Connections are taken and never answered, until it goes on. */
  fallSilent(): void;
  goOn(): void;
  stop(): Promise<void>;
}

/** Builds the app when its sources changed. Rejects when the server ends before it listens. */
export async function startWebServer(folder: string): Promise<WebServer> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--data', folder], {
    env: { ...process.env, PARLEY_LIMITS_RATE_FACTOR: '1000000', PARLEY_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let url: string | undefined;
  let ownerSecret: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /^listening on (\S+)/.exec(line)?.[1];
    ownerSecret ??= /^own this server: \S+#claim=(\S+)/.exec(line)?.[1];
    if (url !== undefined && ownerSecret !== undefined) break;
  }
  if (url === undefined || ownerSecret === undefined) throw new Error(`the server ended with ${child.exitCode}`);
  return {
    url,
    ownerSecret,
    fallSilent: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
