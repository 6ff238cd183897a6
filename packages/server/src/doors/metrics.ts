/** The door of the metrics: `/metrics` on a port of its own, on this machine only. */
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { type HttpDoor, openHttpDoor } from './http.ts';

export interface MetricsDoorOptions {
  readonly port: number;
  readonly text: () => Promise<string>;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly log: Log;
  readonly drainMs: number;
}

/** Collectors of one machine. */
const maxConnections = 16;

export function openMetricsDoor({ port, text, runtime, log, drainMs }: MetricsDoorOptions): Promise<HttpDoor> {
  return openHttpDoor({
    host: '127.0.0.1',
    port,
    appFolder: '',
    maxConnections,
    isReady: () => true,
    answers: {
      '/metrics': (_request, response) => {
        text().then(
          (body) => {
            response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4', 'Cache-Control': 'no-store' });
            response.end(body);
          },
          (error) => {
            log.error({ error }, 'metrics could not be told');
            response.writeHead(500).end();
          },
        );
      },
    },
    runtime,
    log,
    drainMs,
  });
}
