/// <reference lib="dom" />
// What measures in the page itself. Each function is sent there as it stands, so it uses nothing from outside.

/** Times in ms since the page's navigation began, taken after the frame in which it was first so. */
export interface Painted {
  /** Rows of the room stand in the list's view. */
  rowsMs: number;
  /** The field to write in takes text. */
  composerMs: number;
}

export interface Probes {
  /** Of the page's start. */
  painted: Promise<Painted>;
  /** From a key to the frame that shows what it did. */
  keysMs: number[];
  /** Between frames while the list scrolls. */
  framesMs: number[];
  seen: Set<string>;
  mostRows: number;
  scrolling: boolean;
  /** Resolves some frames later with how long ago `since` was when rows of `room` were painted. */
  switched: Promise<number>;
}

/** Before anything else in each page. */
export function watchStart(): void {
  const probes = globalThis as unknown as Probes;
  const field = () => document.querySelector('main textarea:enabled') !== null;
  // Half of the view at least: the first rows may be there before the list has found its place.
  const rows = () => {
    const box = document.querySelector('[data-timeline]')?.getBoundingClientRect();
    if (box === undefined) return false;
    let filled = 0;
    for (const row of document.querySelectorAll('[data-timeline] li[data-key]')) {
      const { top, bottom } = row.getBoundingClientRect();
      filled += Math.max(0, Math.min(bottom, box.bottom) - Math.max(top, box.top));
    }
    return filled > box.height / 2;
  };
  const afterPaint = (run: () => void) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = run;
    port2.postMessage(0);
  };
  const { promise, resolve } = Promise.withResolvers<Painted>();
  probes.painted = promise;
  let rowsMs: number | undefined;
  let composerMs: number | undefined;
  const look = () => {
    const [hasRows, hasField] = [rowsMs === undefined && rows(), composerMs === undefined && field()];
    afterPaint(() => {
      if (hasRows) rowsMs = performance.now();
      if (hasField) composerMs = performance.now();
      if (rowsMs !== undefined && composerMs !== undefined) resolve({ rowsMs, composerMs });
      else requestAnimationFrame(look);
    });
  };
  requestAnimationFrame(look);
}

/** From the moment that the browser took a key to the end of the frame in which the text stands. */
export function watchKeys(): void {
  const probes = globalThis as unknown as Probes;
  probes.keysMs = [];
  let pressedAt: number | undefined;
  addEventListener(
    'keydown',
    ({ key, timeStamp }) => {
      if (key.length === 1) pressedAt = timeStamp;
    },
    true,
  );
  addEventListener('input', () => {
    const at = pressedAt;
    pressedAt = undefined;
    if (at === undefined) return;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => probes.keysMs.push(performance.now() - at);
      port2.postMessage(0);
    });
  });
}

/** Every frame until `scrolling` is false. */
export function watchScrolling(): void {
  const probes = globalThis as unknown as Probes;
  Object.assign(probes, { framesMs: [], seen: new Set(), mostRows: 0, scrolling: true });
  let last: number | undefined;
  const look = (at: number) => {
    if (last !== undefined) probes.framesMs.push(at - last);
    last = at;
    const rows = document.querySelectorAll<HTMLElement>('[data-timeline] li[data-key]');
    probes.mostRows = Math.max(probes.mostRows, rows.length);
    for (const { dataset } of rows) probes.seen.add(dataset.key ?? '');
    if (probes.scrolling) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** From the next key to the frame in which rows of the room with this alias stand. */
export function watchSwitch(alias: string): void {
  const probes = globalThis as unknown as Probes;
  const { promise, resolve } = Promise.withResolvers<number>();
  probes.switched = promise;
  const isThere = () =>
    document.querySelector('main h1')?.textContent?.endsWith(alias) === true &&
    document.querySelector(`[data-timeline][aria-label$="#${alias}"] li[data-key]`) !== null;
  addEventListener(
    'keydown',
    ({ timeStamp }) => {
      const look = () => {
        const { port1, port2 } = new MessageChannel();
        const there = isThere();
        port1.onmessage = () => (there ? resolve(performance.now() - timeStamp) : requestAnimationFrame(look));
        port2.postMessage(0);
      };
      requestAnimationFrame(look);
    },
    { capture: true, once: true },
  );
}

/** On a page of the app's origin that is not the app: everything goes but the session. */
export async function forgetAllButSession(): Promise<void> {
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  const opening = indexedDB.open('parley');
  await new Promise<void>((resolve, reject) => {
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('values', 'readwrite');
      const store = transaction.objectStore('values');
      const asked = store.getAllKeys();
      asked.onsuccess = () => {
        for (const key of asked.result) if (key !== 'session' && key !== 'account') store.delete(key);
      };
      transaction.onerror = () => reject(transaction.error);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve();
      };
    };
  });
}
