/** The process: its streams, signals and exit code. */
import { commands } from './command/registry.ts';
import { exits, Interrupted } from './exit.ts';
import { run } from './run.ts';

const stop = new AbortController();
let signals = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (++signals > 1) process.exit(exits.interrupted);
    stop.abort(new Interrupted(name === 'SIGINT' ? 'SIGINT' : 'SIGTERM'));
  });
}
// The reader of a pipe may leave early, as head does; that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exits.ok : exits.failure);
  });
}

process.exitCode = await run(
  process.argv.slice(2),
  {
    env: process.env,
    folder: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
    now: () => Date.now(),
  },
  commands,
);
process.stdin.destroy();
