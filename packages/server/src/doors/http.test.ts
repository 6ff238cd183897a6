import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { silentLog } from '../log.ts';
import { runtime } from '../runtime.ts';
import { StartError } from '../start-error.ts';
import { type HttpDoor, type HttpDoorOptions, openHttpDoor } from './http.ts';

const script = 'console.log("hello");\n'.repeat(200);

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Site {
  door: HttpDoor;
  get(path: string, options?: { method?: string; headers?: Record<string, string> }): Promise<Answer>;
  /** Sends bytes as they are; resolves with all that came when the other side has closed. */
  raw(bytes: string): Promise<string>;
}

async function withSite(run: (site: Site) => Promise<void>, options: Partial<HttpDoorOptions> = {}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-app-'));
  const app = join(folder, 'app');
  await mkdir(join(app, 'assets'), { recursive: true });
  await mkdir(join(app, '.vite'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(app, 'index.html'), '<!doctype html><title>Parley</title>');
  await writeFile(join(app, 'sw.js'), script);
  await writeFile(join(app, 'assets', 'main-B3x_9-aQ.js'), script);
  await writeFile(join(app, 'assets', 'ready-B3x_9-aR.js'), script);
  await writeFile(join(app, 'assets', 'ready-B3x_9-aR.js.br'), brotliCompressSync('made beforehand'));
  await writeFile(join(app, 'assets', 'inter-C3x_9-aQ.woff2'), Buffer.alloc(5_000));
  await writeFile(join(app, '.vite', 'manifest.json'), '{}');
  await symlink(join(folder, 'secret.txt'), join(app, 'link.txt'));
  const door = await openHttpDoor({
    host: '127.0.0.1',
    port: 0,
    appFolder: app,
    origins: [],
    maxConnections: 100,
    isReady: () => true,
    onUpgrade: (_request, socket) => socket.destroy(),
    runtime,
    log: silentLog,
    drainMs: 5_000,
    ...options,
  });
  const { host, port } = door.address;
  try {
    await run({
      door,
      get: (path, { method = 'GET', headers = {} } = {}) =>
        new Promise((resolve, reject) => {
          const sent = request({ host, port, path, method, headers, agent: false }, async (response) => {
            const body = Buffer.concat(await response.toArray());
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
          });
          sent.on('error', reject).end();
        }),
      raw: (bytes) =>
        new Promise((resolve) => {
          const socket = connect(port, host, () => socket.write(bytes));
          const chunks: Buffer[] = [];
          socket.on('error', () => {});
          socket.on('data', (chunk: Buffer) => chunks.push(chunk));
          socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
        }),
    });
  } finally {
    await door.close();
    await rm(folder, { recursive: true });
  }
}

const handshake = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: chat.example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`;

describe('the HTTP door', () => {
  it('gives the page at / and asks browsers to look again each time', () =>
    withSite(async ({ get }) => {
      for (const path of ['/', '/index.html', '/?query=1', '/index.html#part']) {
        const { status, headers, body } = await get(path);
        assert.equal(status, 200);
        assert.equal(headers['content-type'], 'text/html; charset=utf-8');
        assert.equal(headers['cache-control'], 'no-cache');
        assert.match(body.toString(), /<title>Parley/);
      }
      assert.equal((await get('/sw.js')).headers['cache-control'], 'no-cache');
    }));

  it('lets hashed assets be kept for ever', () =>
    withSite(async ({ get }) => {
      const { headers, body } = await get('/assets/main-B3x_9-aQ.js');
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
      assert.equal(body.toString(), script);
    }));

  it('isolates the page from its openers where browsers would not complain of it', () =>
    withSite(async ({ get }) => {
      const policyFor = async (headers: Record<string, string>) =>
        (await get('/', { headers })).headers['cross-origin-opener-policy'];
      for (const host of ['localhost:8080', '127.0.0.1', '[::1]:80', 'chat.localhost'])
        assert.equal(await policyFor({ host }), 'same-origin', host);
      for (const host of ['chat.example.org', '192.0.2.7:8080', 'localhost.example.org', 'not a host'])
        assert.equal(await policyFor({ host }), undefined, host);
      const host = 'chat.example.org';
      assert.equal(await policyFor({ host, 'x-forwarded-proto': 'https' }), 'same-origin');
      assert.equal(await policyFor({ host, 'x-forwarded-proto': 'http' }), undefined);
      assert.equal(await policyFor({ host, forwarded: 'for=192.0.2.60;proto=https' }), 'same-origin');
    }));

  it('sends a strict policy with every answer', () =>
    withSite(async ({ get }) => {
      for (const [path, method] of [
        ['/'],
        ['/none'],
        ['/healthz'],
        ['/', 'POST'],
        ['/assets/main-B3x_9-aQ.js', 'HEAD'],
      ]) {
        const { headers } = await get(path ?? '', { method: method ?? 'GET' });
        assert.equal(
          headers['content-security-policy'],
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; " +
            "font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
            "frame-ancestors 'none'",
        );
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['referrer-policy'], 'no-referrer');
        assert.equal(headers['x-powered-by'], undefined);
        assert.equal(headers.server, undefined);
      }
    }));

  it('compresses by brotli, else gzip, else not', () =>
    withSite(async ({ get }) => {
      const path = '/assets/main-B3x_9-aQ.js';
      const ask = (accept: string) => get(path, { headers: { 'accept-encoding': accept } });
      const tags = new Set<string | undefined>();
      for (const [accept, coding, decode] of [
        ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
        ['br;q=0, gzip', 'gzip', gunzipSync],
        ['*', 'br', brotliDecompressSync],
        ['deflate', undefined, (bytes: Buffer) => bytes],
        ['*;q=0', undefined, (bytes: Buffer) => bytes],
      ] as const) {
        const { headers, body } = await ask(accept);
        assert.equal(headers['content-encoding'], coding, accept);
        assert.equal(headers.vary, 'Accept-Encoding');
        assert.equal(Number(headers['content-length']), body.length);
        assert.equal(decode(body).toString(), script);
        tags.add(headers.etag);
      }
      assert.equal(tags.size, 3);
    }));

  it('does not compress what is compressed or tiny', () =>
    withSite(async ({ get }) => {
      for (const path of ['/assets/inter-C3x_9-aQ.woff2', '/']) {
        const { headers } = await get(path, { headers: { 'accept-encoding': 'br' } });
        assert.equal(headers['content-encoding'], undefined);
        assert.equal(headers.vary, undefined);
      }
    }));

  it('takes forms that the build compressed beforehand, and does not show them by themselves', () =>
    withSite(async ({ get }) => {
      const path = '/assets/ready-B3x_9-aR.js';
      const { body } = await get(path, { headers: { 'accept-encoding': 'br' } });
      assert.equal(brotliDecompressSync(body).toString(), 'made beforehand');
      assert.equal((await get(path)).body.toString(), script);
      assert.equal((await get(`${path}.br`)).status, 404);
    }));

  it('answers 304 to one who has it', () =>
    withSite(async ({ get }) => {
      const etag = (await get('/')).headers.etag ?? '';
      assert.match(etag, /^"[\w-]{22}"$/);
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const { status, headers, body } = await get('/', { headers: { 'if-none-match': tag } });
        assert.equal(status, 304, tag);
        assert.equal(headers.etag, etag);
        assert.equal(body.length, 0);
      }
      assert.equal((await get('/', { headers: { 'if-none-match': '"other"' } })).status, 200);
    }));

  it('answers HEAD with the headers alone', () =>
    withSite(async ({ get }) => {
      const whole = await get('/sw.js');
      const head = await get('/sw.js', { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(head.body.length, 0);
      assert.equal(head.headers['content-length'], whole.headers['content-length']);
      assert.equal(head.headers.etag, whole.headers.etag);
    }));

  it('refuses other methods', () =>
    withSite(async ({ get }) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
        const { status, headers } = await get('/', { method });
        assert.equal(status, 405, method);
        assert.equal(headers.allow, 'GET, HEAD');
      }
    }));

  it('gives nothing that is not a plain file of the app', () =>
    withSite(async ({ get }) => {
      for (const path of [
        '/none',
        '/assets',
        '/assets/',
        '/link.txt',
        '/.vite/manifest.json',
        '/../secret.txt',
        '/assets/../../secret.txt',
        '/..%2fsecret.txt',
        '/%2e%2e/secret.txt',
        '/..\\secret.txt',
        '/%00',
        '/index.html%00.js',
        '//etc/passwd',
        '/%',
        '/%ff',
        '/__proto__',
        '/constructor',
        'http://other.example/secret.txt',
        '*',
      ]) {
        assert.equal((await get(path)).status, 404, path);
      }
    }));

  it('serves nothing from a folder that does not exist', () =>
    withSite(async ({ get }) => assert.equal((await get('/')).status, 404), { appFolder: '/nowhere/app' }));

  it('tells that it is alive, and whether it is ready', async () => {
    let ready = false;
    await withSite(
      async ({ get }) => {
        assert.equal((await get('/healthz')).status, 200);
        assert.equal((await get('/readyz')).status, 503);
        ready = true;
        const { status, headers } = await get('/readyz');
        assert.equal(status, 200);
        assert.equal(headers['cache-control'], 'no-store');
      },
      { isReady: () => ready },
    );
  });

  it('hands on WebSocket handshakes for /ws from allowed origins alone', async () => {
    const origins: (string | undefined)[] = [];
    await withSite(
      async ({ raw }) => {
        const from = (origin: string): string => handshake('/ws', `Origin: ${origin}\r\n`);
        assert.equal(await raw(handshake('/ws')), 'handed on');
        assert.equal(await raw(handshake('/ws?x=1')), 'handed on');
        assert.equal(await raw(from('http://chat.example.org')), 'handed on');
        assert.equal(await raw(from('https://app.example.net')), 'handed on');
        assert.match(await raw(from('https://evil.example')), /^HTTP\/1\.1 403 /);
        assert.match(await raw(from('null')), /^HTTP\/1\.1 403 /);
        assert.match(await raw(handshake('/other')), /^HTTP\/1\.1 404 /);
        assert.match(await raw(handshake('/%')), /^HTTP\/1\.1 404 /);
      },
      {
        origins: ['https://app.example.net'],
        onUpgrade: (request, socket) => {
          origins.push(request.headers.origin);
          socket.end('handed on');
        },
      },
    );
    assert.deepEqual(origins, [undefined, undefined, 'http://chat.example.org', 'https://app.example.net']);
  });

  it('answers an offer of HTTP/2 as if it were not there', () =>
    withSite(async ({ get }) => {
      const { status } = await get('/healthz', { headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' } });
      assert.equal(status, 200);
    }));

  it('ends connections of clients that are slow on purpose', () =>
    withSite(
      async ({ raw }) => {
        assert.match(await raw('GET / HTTP/1.1\r\nHost: a\r\nX-Slow:'), /^HTTP\/1\.1 408 /);
        assert.match(
          await raw('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'),
          /^HTTP\/1\.1 (405|408) /,
        );
        assert.match(await raw(''), /^(HTTP\/1\.1 408 |$)/);
      },
      { timeouts: { headersTimeout: 20, requestTimeout: 40, timeout: 100, connectionsCheckingInterval: 10 } },
    ));

  it('refuses headers that are too large and requests without a host', () =>
    withSite(async ({ raw }) => {
      assert.match(await raw(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
      assert.match(await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /);
      assert.match(await raw('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
    }));

  it('closes by force what does not end in time', () =>
    withSite(
      async ({ door }) => {
        const socket = connect(door.address.port, door.address.host);
        socket.on('error', () => {});
        const closed = new Promise((resolve) => socket.on('close', resolve));
        await new Promise<void>((resolve) => socket.write('GET / HTTP/1.1\r\nHost: a\r\n', () => resolve()));
        await Promise.all([door.close(), closed]);
      },
      { drainMs: 30 },
    ));

  it('says in one line why it cannot listen', () =>
    withSite(async ({ door }) => {
      const { host, port } = door.address;
      await assert.rejects(
        withSite(async () => {}, { host, port }),
        (error) =>
          error instanceof StartError && /^cannot listen on 127\.0\.0\.1:\d+: something else/.test(error.message),
      );
      await assert.rejects(
        withSite(async () => {}, { host: '192.0.2.1' }),
        /cannot listen on 192\.0\.2\.1:0: this machine/,
      );
    }));
});
