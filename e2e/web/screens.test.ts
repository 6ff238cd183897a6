/** Every screen, light and dark, on a phone and on a desk: usable by everybody (WCAG 2.2 AA), quiet in the console. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { startSampleApp } from './sample-app.ts';
import { screens, show } from './screens.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const sizes = [
  [390, 844],
  [1280, 800],
] as const;

/** By tags of rules, or by rules: in dark, where only colours differ, those of colour. */
async function violations(page: Page, rules: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  if (rules === tags) axe.withTags(rules);
  else axe.withRules(rules);
  // Menus stand beside the landmarks, at the end of the page: only there can they cover everything.
  if ((await page.getByRole('menu').count()) > 0) axe.disableRules('region');
  const { violations: found } = await axe.analyze();
  return found.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(({ html }) => html.slice(0, 160)).join('\n    ')}`,
  );
}

/** Nothing reaches beyond the window sideways. */
const sideways = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

test('every screen at 320 px, as 1280 px at 400 %: nothing is cut off sideways', {
  skip: noBrowser,
  timeout: 480_000,
}, async () => {
  await using app = await startSampleApp();
  await using browser = await openBrowser({ viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' });
  const found: string[] = [];
  for (const screen of screens) {
    if (screen.widths && !screen.widths.includes(390)) continue;
    const page = await browser.context.newPage();
    await show(page, app.url, screen);
    if (await sideways(page)) found.push(screen.name);
    await page.close();
  }
  assert.deepEqual(found, []);
});

for (const [width, height] of sizes)
  test(`every screen at ${width} px, light and dark: no axe violation, no console error, no sideways scroll`, {
    skip: noBrowser,
    timeout: 480_000,
  }, async () => {
    await using app = await startSampleApp();
    await using browser = await openBrowser({ viewport: { width, height }, reducedMotion: 'reduce' });
    const found: string[] = [];
    for (const screen of screens) {
      if (screen.widths && !screen.widths.includes(width)) continue;
      const page = await browser.context.newPage();
      const note = (text: string) => found.push(`${screen.name}: ${text}`);
      page.on('console', (message) => message.type() === 'error' && note(message.text()));
      page.on('pageerror', (error) => note(error.message));
      await page.emulateMedia({ colorScheme: 'light' });
      await show(page, app.url, screen);
      for (const violation of await violations(page, tags)) note(violation);
      if (await sideways(page)) note('scrolls sideways');
      await page.emulateMedia({ colorScheme: 'dark' });
      for (const violation of await violations(page, ['color-contrast', 'link-in-text-block']))
        note(`dark, ${violation}`);
      await page.close();
    }
    assert.deepEqual(found, []);
  });
