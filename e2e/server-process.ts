// The process of `server.ts`: loads everything, then starts the server when told.
import { once } from 'node:events';
import { startServer } from '@parley/server';
import type { StartOrder } from './server.ts';

process.on('disconnect', () => process.exit(0));
process.send?.('loaded');
const [{ data, rateFactor, peers, publicUrl }] = (await once(process, 'message')) as [StartOrder];
const { url, tcpPort } = await startServer({
  flags: { data, port: '0', peer: peers, 'public-url': publicUrl === undefined ? undefined : [publicUrl] },
  env: {
    PARLEY_LISTEN_TCP_PORT: '0',
    PARLEY_LIMITS_RATE_FACTOR: String(rateFactor),
    PARLEY_LOG_LEVEL: 'error',
    PARLEY_DNS_RESOLVER: 'none',
  },
});
process.send?.({ url, tcpPort });
