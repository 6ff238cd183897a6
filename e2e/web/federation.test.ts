/** The owner's page of links over two real servers: what happens to a link is on the page without a reload. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { startRealServer } from './real-server.ts';

const row = (page: Page, name: string): Locator => page.getByRole('row', { name: new RegExp(name) });

async function violations(page: Page): Promise<string[]> {
  return (await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id);
}

test('an owner links with a server by its address, and sees what becomes of the link', {
  skip: noBrowser,
  timeout: 240_000,
}, async (t) => {
  const complaints: string[] = [];
  await using there = await startRealServer({ name: 'there.example' });
  await using here = await startRealServer({ name: 'here.example' });
  await using browser = await openBrowser({ viewport: { width: 1280, height: 800 } });
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(here.ownerLink);
  await page.getByLabel('Your name').fill('jun');
  await page.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody is waiting for you').waitFor();

  await t.test('it is found from the menu of the server and empty at first', async () => {
    await page.getByRole('button', { name: /here.example/ }).click();
    await page.getByRole('menuitem', { name: 'Other servers' }).click();
    await page.getByText('No other server yet').waitFor();
  });

  await t.test('an address is dialled, and the server stands there with its unverified name', async () => {
    await page.getByLabel('Link with a server').fill(there.url);
    await page.keyboard.press('Enter');
    await page.getByText('Linked with there.example.').first().waitFor();
    await row(page, 'there.example').getByText('Linked', { exact: true }).waitFor();
    await row(page, 'there.example').getByText('name unverified').waitFor();
    assert.deepEqual(await violations(page), []);
  });

  await t.test('one that goes away is told at once with the reason, and comes back by itself', async () => {
    await there.stop();
    await row(page, 'there.example').getByText('Not linked').waitFor();
    await row(page, 'there.example').getByText('next try in').waitFor();
    await there.restart();
    await page.getByRole('button', { name: 'More about there.example' }).click();
    await page.getByRole('menuitem', { name: 'Try again now' }).click();
    await row(page, 'there.example').getByText('Linked', { exact: true }).waitFor({ timeout: 60_000 });
  });

  await t.test('a block can be taken back for a moment, then holds until it is lifted', async () => {
    const block = async () => {
      await page.getByRole('button', { name: 'More about there.example' }).click();
      await page.getByRole('menuitem', { name: 'Block' }).click();
    };
    await block();
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'there.example').getByText('Linked', { exact: true }).waitFor();
    await block();
    await page.getByText('there.example is blocked').waitFor();
    await row(page, 'there.example').getByText('Blocked').waitFor();
    await page.getByRole('button', { name: 'More about there.example' }).click();
    await page.getByRole('menuitem', { name: 'Unblock' }).click();
    await row(page, 'there.example').getByText('Linked', { exact: true }).waitFor({ timeout: 60_000 });
  });

  await t.test('all that is known of it can be read and copied, by keys alone', async () => {
    await page.getByRole('button', { name: 'More about there.example' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Details' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'there.example' });
    await dialog.getByText(/^[a-z2-7]{52}$/).waitFor();
    await dialog.getByText(there.url).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  await t.test(
    'an address at which nobody answers stays in the list with the reason until it is taken out',
    async () => {
      await page.getByLabel('Link with a server').fill('http://127.0.0.1:9');
      await page.keyboard.press('Enter');
      await row(page, '127.0.0.1:9').getByText('Nothing answers there').waitFor();
      await page.getByRole('button', { name: 'More about http://127.0.0.1:9' }).click();
      await page.getByRole('menuitem', { name: 'Stop dialling' }).click();
      await row(page, '127.0.0.1:9').waitFor({ state: 'detached' });
    },
  );
  assert.deepEqual(
    complaints.filter((text) => !/WebSocket|Failed to load resource/.test(text)),
    [],
  );
});
