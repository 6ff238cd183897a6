/** Keys in the browsers of two linked servers: made, saved, signed in with, written to, and refused clearly. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { keyAddress } from '@parley/protocol';
import type { Locator, Page } from 'playwright-core';
import { type Browser, noBrowser, openBrowser } from './browser.ts';
import { startRealServer } from './real-server.ts';

const main = join(import.meta.dirname, '../../packages/cli/src/main.ts');
const desk = { viewport: { width: 1280, height: 800 } };
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

/** A key is made in the browser; resolves with its address. */
async function makesKey(page: Page): Promise<string> {
  await page.evaluate("location.hash = '#/k'");
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByText('Messages to this address come here').waitFor();
  const address = await page.locator('main code').innerText();
  assert.match(address, /^key:[a-z2-7]{52}$/);
  return address;
}

/** By the switcher, with nothing but keys. */
async function writesTo(page: Page, address: string, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Jump to' }).waitFor();
  await page.keyboard.type(address);
  await page.getByRole('option', { name: /Write to key/ }).waitFor();
  await page.keyboard.press('Enter');
  await field(page).fill(text);
  await page.keyboard.press('Enter');
  await line(page, text).waitFor();
}

test('people write to keys from browser to browser, over two servers', {
  skip: noBrowser,
  timeout: 240_000,
}, async (t) => {
  const complaints: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'parley-key-'));
  await using here = await startRealServer();
  await using there = await startRealServer({ peers: [here.url] });
  await using mine = await openBrowser({ ...desk, acceptDownloads: true });
  await using theirs = await openBrowser(desk);
  const mira = await signedUp(mine, here.url, 'mira', complaints);
  const kofi = await signedUp(theirs, there.url, 'kofi', complaints);
  const own = { mira: '', kofi: '' };
  let file = '';

  await t.test('each makes a key, which signs in from then on', async () => {
    own.mira = await makesKey(mira);
    own.kofi = await makesKey(kofi);
    await mira.getByText('signs in to this account').waitFor();
    await mira.evaluate("location.hash = '#/settings/sessions'");
    await mira.getByText('In this browser', { exact: true }).waitFor();
  });

  await t.test('what one writes the other gets at the key, sealed, and it says that it was opened', async () => {
    await writesTo(mira, own.kofi, 'canary to the key');
    await line(mira, 'canary to the key').getByText('Opened there').waitFor({ state: 'attached' });
    await kofi.getByText('mira wrote to your key').waitFor();
    await kofi.getByRole('button', { name: 'Show' }).click();
    await line(kofi, 'canary to the key').waitFor();
    await kofi.getByText('only the key is proven').waitFor();
    await field(kofi).fill('canary back');
    await kofi.keyboard.press('Enter');
    await line(mira, 'canary back').waitFor();
  });

  await t.test('nobody at the key is refused clearly, and nothing is kept', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const x = Uint8Array.fromBase64(publicKey.export({ format: 'jwk' }).x ?? '', { alphabet: 'base64url' });
    await writesTo(mira, keyAddress(x), 'canary into the void');
    await line(mira, 'canary into the void').getByText('Nobody is signed in with this key now').waitFor();
    await line(mira, 'canary into the void').getByRole('button', { name: 'Discard' }).click();
    await line(mira, 'canary into the void').waitFor({ state: 'detached' });
  });

  await t.test('the key leaves as a file that the command line reads, and signs in with it', async () => {
    await mira.evaluate("location.hash = '#/k'");
    const download = mira.waitForEvent('download');
    await mira.getByRole('button', { name: 'Save the key as a file' }).click();
    file = join(folder, 'key.pem');
    await (await download).saveAs(file);
    const { x = '' } = createPrivateKey(await readFile(file)).export({ format: 'jwk' });
    assert.equal(keyAddress(Uint8Array.fromBase64(x, { alphabet: 'base64url' })), own.mira);

    await mira.evaluate("location.hash = '#/settings/sessions'");
    await mira.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await mira.getByRole('button', { name: 'Sign in with a key' }).click();
    await mira.getByRole('radio', { name: /key:/ }).waitFor();
    await mira.getByRole('button', { name: 'Sign in', exact: true }).last().click();
    await mira.getByRole('heading', { name: 'Sessions and keys', level: 1 }).waitFor();
    await writesTo(kofi, own.mira, 'canary after signing in');
    await line(kofi, 'canary after signing in').getByText('Opened there').waitFor({ state: 'attached' });
  });

  await t.test('the file signs in elsewhere, and one that holds no key or a strange one is told', async () => {
    await using other = await openBrowser(desk);
    const page = await other.context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${here.url}/#/sign-in-by-key`);
    const choose = async (name: string, text: string | Buffer) => {
      await writeFile(join(folder, name), text);
      await page.getByLabel('Key file').setInputFiles(join(folder, name));
      await page.getByRole('button', { name: 'Sign in', exact: true }).last().click();
    };
    await choose('none.pem', 'no key');
    await page.getByText('This file holds no key that can be used here').waitFor();
    const strange = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await page.getByRole('checkbox').uncheck();
    await choose('strange.pem', strange);
    await page.getByText('No account here signs in with this key').waitFor();
    await page.getByRole('radio', { name: 'A key in a file' }).check();
    await page.getByRole('checkbox').uncheck();
    await choose('own.pem', await readFile(file));
    await page.getByRole('button', { name: 'Jump to' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Jump to' }).waitFor();
    assert.equal(await page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('parley.key:'))"), false);
  });

  await t.test(
    'the command line on the other server writes to the browser, and is told when nobody is there',
    async () => {
      const run = promisify(execFile);
      const env = { ...process.env, PARLEY_SERVER: there.url, PARLEY_PROFILE: join(folder, 'profile') };
      const parley = (...words: string[]) =>
        run(process.execPath, [main, ...words], {
          env: { ...env, PARLEY_PASSWORD: 'fog horn pepper quay' },
          cwd: folder,
        });
      await parley('register', 'kim');
      const { stderr } = await parley('msg', own.mira, 'canary from a terminal');
      const address = /delivered, from (key:[a-z2-7]{52})/.exec(stderr)?.[1] ?? '';
      // What came before may still be told beside it.
      const told = mira.getByText('kim wrote to your key').locator('xpath=ancestor::*[.//button][1]');
      await told.getByRole('button', { name: 'Show' }).click();
      await line(mira, 'canary from a terminal').waitFor();
      assert.equal(new URL(mira.url()).hash, `#/k/${address.slice('key:'.length)}`);
      await assert.rejects(parley('msg', address, 'nobody listens there'), { code: 4 });
    },
  );

  await t.test('words to keys are in no store of a browser (S11)', async () => {
    for (const page of [mira, kofi]) {
      const held = await page.evaluate(`(async () => {
        const found = [JSON.stringify({ ...localStorage })];
        const all = (request) => new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        for (const { name } of await indexedDB.databases()) {
          const db = await all(indexedDB.open(name));
          for (const store of db.objectStoreNames)
            for (const value of await all(db.transaction(store).objectStore(store).getAll()))
              found.push(value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value));
          db.close();
        }
        return found.join(' ');
      })()`);
      assert.match(String(held), /key:/);
      assert.doesNotMatch(String(held), /canary/);
    }
  });
  await rm(folder, { recursive: true, force: true });
  assert.deepEqual(
    complaints.filter((text) => !/net::|WebSocket/.test(text)),
    [],
  );
});
