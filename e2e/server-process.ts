// The process of `server.ts`: loads everything, then starts the server when told.
import { once } from 'node:events';
import { startServer } from '@parley/server';

process.on('disconnect', () => process.exit(0));
process.send?.('loaded');
const [{ data, rateFactor }] = (await once(process, 'message')) as [{ data: string; rateFactor: number }];
const { url, tcpPort } = await startServer({
  flags: { data, port: '0' },
  env: {
    PARLEY_LISTEN_TCP_PORT: '0',
    PARLEY_LIMITS_RATE_FACTOR: String(rateFactor),
    PARLEY_LOG_LEVEL: 'error',
  },
});
process.send?.({ url, tcpPort });
