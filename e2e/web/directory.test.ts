/** The page of a directory: the network as it is, servers as they come and go; usable by everybody, quiet in the console. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { startRealDirectory } from '../real-directory.ts';
import { announcerAt } from './announcer.ts';
import { noBrowser, openBrowser } from './browser.ts';

const options = { skip: noBrowser, timeout: 300_000 };
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function open(context: { newPage(): Promise<Page> }, url: string, complaints: string[]): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return found.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(({ html }) => html.slice(0, 160)).join('\n    ')}`,
  );
}

const sideways = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

test(
  'the page shows servers as they join, change and leave, and again after the directory was away',
  options,
  async () => {
    await using directory = await startRealDirectory();
    await using browser = await openBrowser({ viewport: { width: 1280, height: 800 } });
    const complaints: string[] = [];
    const page = await open(browser.context, directory.url, complaints);
    await page.getByText('Nobody is here yet').waitFor();
    const relay = await announcerAt(directory.url, 1);
    await relay.announce({ name: 'harbour.example', addresses: ['https://harbour.example'] });
    const hidden = await announcerAt(directory.url, 2);
    await hidden.announce({ relays: [{ server: relay.id, url: 'https://harbour.example' }] });
    const row = (id: string) => page.locator(`[data-server="${id}"]`);
    await row(relay.id).getByText('https://harbour.example').waitFor();
    await row(hidden.id).getByText('through harbour.example').waitFor();
    await row(hidden.id).getByText('Here, by relay').waitFor();
    await page.getByRole('listitem').getByText('harbour.example joined').waitFor();
    await relay.announce({ name: 'fjord.example' });
    await row(relay.id).locator('.name').getByText('fjord.example').waitFor();
    await row(relay.id).getByText('none: it dials out').waitFor();
    await hidden.announce({ name: 'fjord.example' });
    await row(hidden.id).getByText('claimed by 2 servers').waitFor();
    await relay.leave();
    await row(relay.id).getByText('Away').waitFor();
    assert.equal(await page.locator('#here').textContent(), '1');
    await page.getByLabel('Find a server').fill(hidden.id.slice(0, 8));
    await row(relay.id).waitFor({ state: 'detached' });
    await page.getByLabel('Find a server').fill('nobody at all');
    await page.getByText('No server fits.').waitFor();
    await page.getByLabel('Find a server').fill('');
    assert.deepEqual(complaints, []);

    assert.equal(await directory.stop(), 0);
    await page.getByText('Connecting again').waitFor();
    await directory.restart();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('Nobody is here yet').waitFor();
    // That a connection was refused meanwhile is the browser's to say.
    assert.deepEqual(
      complaints.filter((text) => !/Failed to load resource|ERR_/.test(text)),
      [],
    );
  },
);

test('what servers claim is text and nothing else', options, async () => {
  await using directory = await startRealDirectory();
  await using browser = await openBrowser();
  const complaints: string[] = [];
  const page = await open(browser.context, directory.url, complaints);
  const server = await announcerAt(directory.url, 3);
  await server.announce({
    name: `${'very-long-name.'.repeat(12)}example`,
    addresses: [`http://${'a'.repeat(63)}.example:8080`],
  });
  await page.locator(`[data-server="${server.id}"]`).waitFor();
  assert.equal(await sideways(page), false);
  assert.deepEqual(complaints, []);
});

test(
  'the page at every width, light and dark: no axe violation, no console error, no sideways scroll',
  options,
  async () => {
    await using directory = await startRealDirectory();
    const found: string[] = [];
    const relay = await announcerAt(directory.url, 1);
    await relay.announce({
      name: 'harbour.example',
      addresses: ['https://harbour.example', 'https://[2001:db8::1]:8443'],
    });
    const [hidden, other, away] = [
      await announcerAt(directory.url, 2),
      await announcerAt(directory.url, 3),
      await announcerAt(directory.url, 4),
    ];
    await hidden.announce({ relays: [{ server: relay.id, url: 'https://harbour.example' }] });
    await other.announce({ name: 'harbour.example' });
    await away.announce({ name: 'old-pier.example' });
    await away.leave();
    for (const width of [320, 390, 1280])
      for (const colorScheme of ['light', 'dark'] as const) {
        await using browser = await openBrowser({ viewport: { width, height: 800 }, colorScheme });
        const page = await open(browser.context, directory.url, found);
        await other.announce({ name: 'harbour.example', features: [`w${width}`, colorScheme] });
        await page.getByRole('listitem').first().waitFor();
        for (const violation of await violations(page)) found.push(`${width} ${colorScheme}: ${violation}`);
        if (await sideways(page)) found.push(`${width} ${colorScheme}: scrolls sideways`);
      }
    assert.deepEqual(found, []);
  },
);
