// The homeserver in a process of its own, over the data folder that is the first argument; the second is the factor of
// its rate limits.
import { startServer } from '@parley/server';
import { serveTarget } from './target-process.ts';

const [data, rateFactor] = process.argv.slice(2) as [string, string];

await serveTarget(async () => {
  const startedMs = performance.now();
  const { url, tcpPort, ownerLink } = await startServer({
    flags: { data, port: '0' },
    env: { PARLEY_LISTEN_TCP_PORT: '0', PARLEY_LIMITS_RATE_FACTOR: rateFactor, PARLEY_LOG_LEVEL: 'error' },
  });
  const setup = {
    url,
    tcpPort: tcpPort ?? 0,
    ownerSecret: ownerLink?.split('#claim=')[1] ?? '',
    startMs: performance.now() - startedMs,
  };
  return { port: Number(new URL(url).port), setup };
});
