/** Putting rows of one's own into a room of the sample app. */
import type { Row } from '@parley/client';
import type { Page } from 'playwright-core';

interface SampleRoom {
  rows: { get(): readonly Row[]; set(rows: readonly Row[]): void };
  summary: { get(): { view: object }; set(summary: object): void };
}
interface SampleWindow {
  client: { room(alias: string): SampleRoom; me: { get(): { user: string } } };
}

/** Opens a room whose log is `make(me)`. */
export async function openWith(
  page: Page,
  url: string,
  make: (me: string) => Row[],
  options: { alias?: string; marker?: number; view?: object; query?: string; hash?: string } = {},
): Promise<void> {
  const { alias = 'ops', marker, view = {}, query = '', hash = `#/r/${alias}` } = options;
  await page.goto(`${url}dev.html${query}#/r/garden`);
  await page.locator('main h1').first().waitFor();
  const me = await page.evaluate(() => (globalThis as unknown as SampleWindow).client.me.get().user);
  const rows = make(me);
  await page.evaluate(
    ({ rows, alias, marker, view, hash }) => {
      const room = (globalThis as unknown as SampleWindow).client.room(alias);
      room.rows.set(rows);
      const summary = room.summary.get();
      const head = { term: 1, seq: rows.reduce((highest, row) => Math.max(highest, row.seq ?? 0), 0) };
      room.summary.set({ ...summary, marker: marker ?? head.seq, unread: 0, view: { ...summary.view, head, ...view } });
      (globalThis as unknown as { location: { hash: string } }).location.hash = hash;
    },
    { rows, alias, marker, view, hash },
  );
  await page.locator('main h1', { hasText: alias }).waitFor();
}
