/** An ephemeral channel in the browsers of two linked servers: both hear each other, and neither keeps a word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type Browser, noBrowser, openBrowser } from './browser.ts';
import { startRealServer } from './real-server.ts';

const desk = { viewport: { width: 1280, height: 800 } };
const channel = 'canary-place';
const field = (page: Page): Locator => page.locator('main textarea');
const line = (page: Page, text: string): Locator => page.locator('li[data-line]', { hasText: text });

async function signedUp(browser: Browser, url: string, name: string, complaints: string[]): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${url}/#/sign-up`);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill('fog horn pepper quay');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Jump to' }).waitFor();
  return page;
}

/** By the switcher, with nothing but keys. */
async function listens(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type(`~${channel}`);
  await page.getByRole('option', { name: channel }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Nothing here is stored').waitFor();
}

async function says(page: Page, text: string, shown = text): Promise<void> {
  await field(page).fill(text);
  await page.keyboard.press('Enter');
  await line(page, shown).waitFor();
}

/** All that the page keeps in the browser, as text. */
const kept = (page: Page): Promise<string> =>
  page.evaluate(`(async () => {
    const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    const all = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      const db = await all(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const held = db.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([all(held.getAllKeys()), all(held.getAll())]);
        found.push(JSON.stringify(keys));
        for (const value of values)
          found.push(value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value));
      }
      db.close();
    }
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) found.push(request.url);
    return found.join('\\n');
  })()`);

test('both hear each other in a channel, and neither browser keeps a word', {
  skip: noBrowser,
  timeout: 180_000,
}, async (t) => {
  const complaints: string[] = [];
  await using here = await startRealServer();
  await using there = await startRealServer({ peers: [here.url] });
  await using mine = await openBrowser(desk);
  await using theirs = await openBrowser(desk);
  const mira = await signedUp(mine, here.url, 'mira', complaints);
  const kofi = await signedUp(theirs, there.url, 'kofi', complaints);

  await t.test('they find it by its name and are told who hears', async () => {
    await listens(mira);
    await mira.getByText('Nobody else listens now').waitFor();
    await listens(kofi);
    await mira.getByText(/Only you listen on this server, others on \w{8}/).waitFor();
    await kofi.getByText(/Only you listen on this server, others on \w{8}/).waitFor();
  });

  await t.test('what one says the other hears, with words, deeds and the way back', async () => {
    await says(mira, 'canary **one**', 'canary one');
    await line(kofi, 'canary one').getByText('mira').first().waitFor();
    assert.equal(await line(kofi, 'canary one').locator('strong').innerText(), 'one');
    await field(kofi).fill('/me waves at the canary');
    await kofi.keyboard.press('Enter');
    await line(mira, 'kofi waves at the canary').waitFor();
    await mira.getByRole('button', { name: 'Who is here' }).click();
    await mira.getByRole('dialog', { name: 'Who is here' }).getByText('kofi').waitFor();
    await mira.keyboard.press('Escape');
  });

  await t.test('a lost connection shows as a gap, and what was typed then is not said later', async () => {
    await here.stop();
    await mira.getByText('Offline. Nothing can be said here now').waitFor();
    await says(kofi, 'canary unheard');
    await here.restart();
    await mira.getByText('What was said meanwhile is gone').waitFor();
    await mira.getByText(/Only you listen on this server, others on \w{8}/).waitFor();
    await says(kofi, 'canary heard again');
    await line(mira, 'canary heard again').waitFor();
    assert.equal(await line(mira, 'canary unheard').count(), 0);
  });

  await t.test('nothing of it is in the browser, and a reload begins anew (S11)', async () => {
    await field(mira).fill('canary draft');
    for (const page of [mira, kofi]) {
      const held = await kept(page);
      assert.match(held, /session/);
      assert.doesNotMatch(held, /canary/);
    }
    await mira.reload();
    await mira.getByText('Nothing was said').waitFor();
    assert.equal(await field(mira).inputValue(), '');
  });

  await t.test('one stops listening, and the list forgets the channel', async () => {
    await mira.getByRole('button', { name: 'Stop listening' }).click();
    await mira.getByText('Listening to').waitFor({ state: 'detached' });
    await kofi.getByText('Nobody else listens now').waitFor();
  });
  assert.deepEqual(
    complaints.filter((text) => !/net::|WebSocket/.test(text)),
    [],
  );
});
