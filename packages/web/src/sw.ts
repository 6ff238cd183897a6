/**
 * The service worker: keeps the built app, so that it opens at once and without a network. It touches nothing else:
 * no message, no token, no upload passes through it. The build puts the list of files in the place of `precache`.
 */
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Worker {
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

declare const precache: { version: string; files: string[] };
const worker = globalThis as unknown as Worker;
const prefix = 'parley-';
const cacheName = `${prefix}${precache.version}`;

worker.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll(precache.files.map((file) => new Request(file, { cache: 'reload' })));
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  const tidy = async () => {
    // The one before is kept: pages that it opened may still ask for its parts.
    const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
    await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && url.pathname === '/') event.respondWith(shell(request));
  else if (precache.files.includes(url.pathname) || url.pathname.startsWith('/assets/'))
    event.respondWith(part(request));
});

async function shell(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match('/')) ?? fetch(request);
}

/** Parts carry a hash in their names: what is held is what was asked for. */
async function part(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}
