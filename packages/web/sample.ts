/**
 * Serves the app over sample data, under the same content security policy as a real server: for looking at screens and
 * for testing them. `node packages/web/sample.ts` prints its address; `--port 8090` fixes it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSample } from './build.ts';

const policy = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src', 'font-src', 'manifest-src', 'worker-src'].map(
    (name) => `${name} 'self'`,
  ),
  "img-src 'self' data: blob:",
  ...['base-uri', 'form-action', 'frame-ancestors'].map((name) => `${name} 'none'`),
].join('; ');

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const dir = await mkdtemp(join(tmpdir(), 'parley-sample-'));
await buildSample(dir);

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://sample');
  const file = pathname === '/' ? '/dev.html' : normalize(pathname);
  try {
    const body = await readFile(join(dir, file));
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', policy);
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`http://127.0.0.1:${address.port}/\n`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true, force: true });
    process.exit();
  });
