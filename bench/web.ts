// The built web app as somebody meets it: starting it, changing rooms, writing, scrolling, in a real Chromium.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts';
import { hasChromium, openChromium, viewport } from './chromium.ts';
import { fillRoom, importLines, password } from './long-room.ts';
import { Talk } from './talk.ts';
import { forgetAllButSession, type Probes, watchKeys, watchScrolling, watchStart, watchSwitch } from './web-probes.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const rooms = 200;
const allMessages = 100_000;
const starts = 10;
const switches = 10;
const typed = 'the ferry leaves at six and whoever is late takes the next. ';
const betweenKeysMs = 90;
const scrolledMessages = 5_000;
const scrollPxPerSecond = 6_000;
const gesturePx = 30_000;
const scrollTimeoutMs = 300_000;

interface Figure {
  what: string;
  /** So many of them take no longer. */
  goal: { share: number; ms: number };
  times: number[];
}

/** Rooms besides the long one, so that the list is that of a busy person. */
async function fillOthers(url: string, token: string, entries: number): Promise<void> {
  const talk = await Talk.open(url);
  await talk.request('session.resume', { token });
  const each = Math.max(20, Math.round((allMessages - entries) / (rooms - 1)));
  for (let i = 1; i < rooms; i++) {
    const alias = `room-${String(i).padStart(3, '0')}`;
    const { sync } = await talk.request('room.create', { alias, clientId: `create-${i}` });
    await importLines(talk, sync.room.id, each);
  }
  talk.close();
}

const probe = <T>(page: Page, read: (probes: Probes) => T | Promise<T>): Promise<T> =>
  page.evaluate(`(${read})(globalThis)`);

async function signIn(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/#/r/long`);
  await page.getByLabel('Name').fill('owner');
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.keyboard.press('Enter');
  await page.locator('[data-timeline] li[data-key]').first().waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await page.waitForTimeout(1_000);
  await page.close();
}

/** Starts the app in a new tab. */
async function startApp(context: BrowserContext, url: string) {
  const page = await context.newPage();
  await page.addInitScript(watchStart);
  await page.goto(`${url}/#/r/long`, { waitUntil: 'commit' });
  return { page, painted: await probe(page, ({ painted }) => painted) };
}

async function coldStarts(context: BrowserContext, url: string): Promise<Figure[]> {
  const [rows, composer]: [number[], number[]] = [[], []];
  for (let i = 0; i < starts; i++) {
    const blank = await context.newPage();
    await blank.goto(`${url}/healthz`);
    await blank.evaluate(forgetAllButSession);
    const devtools = await context.newCDPSession(blank);
    await devtools.send('Network.clearBrowserCache');
    await blank.close();
    const { page, painted } = await startApp(context, url);
    rows.push(painted.rowsMs);
    composer.push(painted.composerMs);
    await page.close();
  }
  const goal = { share: 0.95, ms: 500 };
  return [
    { what: 'cold start to a field to write in', goal, times: composer },
    { what: 'cold start to a painted room', goal, times: rows },
  ];
}

async function warmStarts(context: BrowserContext, server: WebServer): Promise<Figure[]> {
  const [answered, silent]: [number[], number[]] = [[], []];
  // What the cold starts took away comes back first.
  const { page: first } = await startApp(context, server.url);
  await first.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await first.waitForTimeout(1_000);
  await first.close();
  for (const [times, isSilent] of [
    [answered, false],
    [silent, true],
  ] as const)
    for (let i = 0; i < starts; i++) {
      if (isSilent) server.fallSilent();
      const { page, painted } = await startApp(context, server.url);
      server.goOn();
      times.push(painted.rowsMs);
      await page.close();
    }
  const goal = { share: 0.95, ms: 300 };
  return [
    { what: 'warm start to a painted room', goal, times: answered },
    { what: 'warm start, the server silent', goal, times: silent },
  ];
}

async function switchRooms(page: Page): Promise<Figure> {
  const times: number[] = [];
  // The first time is not counted: nothing of the neighbour is in memory yet.
  for (let i = 0; i <= switches * 2; i++) {
    await page.evaluate(watchSwitch, i % 2 === 0 ? 'room-001' : 'long');
    await page.keyboard.press(i % 2 === 0 ? 'Alt+ArrowDown' : 'Alt+ArrowUp');
    const ms = await probe(page, ({ switched }) => switched);
    if (i > 1) times.push(ms);
    await page.waitForTimeout(300);
  }
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByPlaceholder('Message #long').waitFor();
  return { what: 'change to a room that was open', goal: { share: 0.95, ms: 80 }, times };
}

async function typeIn(page: Page, rounds: number): Promise<Figure> {
  const field = page.getByPlaceholder('Message #long');
  await field.focus();
  await page.evaluate(watchKeys);
  for (let round = 0; round < rounds; round++) {
    for (const sign of typed) {
      await page.keyboard.press(sign === ' ' ? 'Space' : sign);
      await page.waitForTimeout(betweenKeysMs);
    }
    await field.fill('');
  }
  const times = await probe(page, ({ keysMs }) => keysMs);
  return { what: 'key to paint', goal: { share: 0.95, ms: 16 }, times };
}

async function scrollUp(
  context: BrowserContext,
  page: Page,
  wanted: number,
): Promise<{ figure: Figure; note: string }> {
  const devtools = await context.newCDPSession(page);
  await page.evaluate(watchScrolling);
  const gesture = { x: viewport.width / 2, y: viewport.height / 2, speed: scrollPxPerSecond } as const;
  const giveUpAt = performance.now() + scrollTimeoutMs;
  let seen = 0;
  while (seen < wanted) {
    await devtools.send('Input.synthesizeScrollGesture', {
      ...gesture,
      yDistance: gesturePx,
      gestureSourceType: 'mouse',
    });
    seen = await probe(page, (probes) => probes.seen.size);
    if (performance.now() > giveUpAt) throw new Error(`only ${seen} messages passed by`);
  }
  const { times, most } = await probe(page, (probes) => {
    probes.scrolling = false;
    return { times: probes.framesMs, most: probes.mostRows };
  });
  const note = `scrolled up past ${seen} messages at ${scrollPxPerSecond} px/s; at most ${most} rows in the page`;
  return { figure: { what: 'frame while scrolling', goal: { share: 0.99, ms: 34 }, times }, note };
}

async function measure(entries: number, rounds: number): Promise<{ figures: Figure[]; notes: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const server = await startWebServer(join(folder, 'data'));
  cleanup.defer(() => server.stop());
  const { token } = await fillRoom(server, entries);
  await fillOthers(server.url, token, entries);
  const context = await openChromium(join(folder, 'profile'));
  cleanup.defer(() => context.close());
  await signIn(context, server.url);
  const figures = [...(await coldStarts(context, server.url)), ...(await warmStarts(context, server))];
  const { page } = await startApp(context, server.url);
  await page.waitForTimeout(1_000);
  figures.push(await switchRooms(page), await typeIn(page, rounds));
  const { figure, note } = await scrollUp(context, page, Math.min(scrolledMessages, entries));
  figures.push(figure);
  const version = context.browser()?.version() ?? '';
  return { figures, notes: [`Chromium ${version}, ${viewport.width} × ${viewport.height} px, without a GPU`, note] };
}

const quantile = (times: readonly number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? Number.NaN;

function rowOf({ what, goal, times }: Figure): string[] {
  const figures = [0.5, 0.95, 0.99, 1].map((share) => quantile(times, share).toFixed(1));
  const promised = `p${goal.share * 100} ≤ ${goal.ms}`;
  return [what, String(times.length), ...figures, promised, quantile(times, goal.share) <= goal.ms ? 'yes' : 'NO'];
}

async function run({ entries, rounds }: BenchmarkOptions): Promise<Report> {
  const columns = ['what', 'samples', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'goal', 'met'];
  if (!hasChromium) return { notes: ['skipped: there is no Chromium on this machine'], columns, rows: [], data: [] };
  const [length = 10_000] = entries;
  const { figures, notes } = await measure(length, rounds);
  const about = [
    `the built app on a server of ${rooms} rooms, in a room of ${length} messages`,
    'cold: nothing kept but the session; warm: app, rooms and newest messages kept; both in a new tab',
    'times end after the frame that shows it was painted',
  ];
  return { notes: [...about, ...notes], columns, rows: figures.map(rowOf), data: figures };
}

export const web: Benchmark = { about: 'starting, writing and scrolling in the web app, in Chromium', run };
