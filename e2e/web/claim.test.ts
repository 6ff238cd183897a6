/** The link that a server without an owner prints: what it does, where accounts need an invite and where they do not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Browser, farHost, noBrowser, openBrowser } from './browser.ts';
import { startRealServer } from './real-server.ts';

const options = { skip: noBrowser, timeout: 300_000 };
const unusable = 'This code is wrong or was used already';

/** Opens a page; what its console complains of is added to `complaints`. */
async function open(browser: Browser, url: string, complaints: string[] = []): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return page;
}

async function account(page: Page, nameLabel: string, name: string): Promise<void> {
  await page.getByLabel(nameLabel, { exact: true }).fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill('fog horn pepper quay');
  await page.keyboard.press('Enter');
}

const seesOwner = async (page: Page) => {
  await page.keyboard.press('Control+,');
  await page.getByText('owner of this server').waitFor();
};

test('from another machine, where accounts need an invite, the link is one, and works once', options, async () => {
  await using server = await startRealServer({ signUp: 'invite' });
  await using browser = await openBrowser();
  await using other = await openBrowser();
  const link = server.ownerLink.replace('127.0.0.1', farHost);
  assert.notEqual(link, server.ownerLink);
  const complaints: string[] = [];
  const page = await open(browser, link, complaints);
  await page.getByText('This page came over plain HTTP').waitFor();
  await account(page, 'Your name', 'mira');
  await page.getByText('Nobody is waiting for you').waitFor();
  assert.equal(new URL(page.url()).hash.includes('claim'), false);
  await seesOwner(page);
  const late = await open(other, link, complaints);
  await account(late, 'Your name', 'eve');
  await late.getByText(unusable).waitFor();
  await late.getByRole('button', { name: 'Not now' }).click();
  await late.getByRole('button', { name: 'Create account' }).first().click();
  await late.getByLabel('Invite', { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('somebody with an account becomes the owner by the link, in a new tab or in the same one', options, async () => {
  for (const tab of ['same', 'new'] as const) {
    await using server = await startRealServer();
    await using browser = await openBrowser();
    const complaints: string[] = [];
    const first = await open(browser, `${server.url}/#/sign-up`, complaints);
    await account(first, 'Name', 'kofi');
    await first.getByText('Nobody is waiting for you').waitFor();
    const page = tab === 'same' ? first : await open(browser, server.ownerLink, complaints);
    if (tab === 'same') await page.goto(server.ownerLink);
    await page.getByText('You are signed in as kofi').waitFor();
    assert.equal(new URL(page.url()).hash.includes('claim'), false);
    await page.getByRole('button', { name: 'Become the owner' }).click();
    await page.getByText('Nobody is waiting for you').waitFor();
    await seesOwner(page);
    await page.goto(server.ownerLink);
    await page.getByRole('button', { name: 'Become the owner' }).click();
    await page.getByText(unusable).waitFor();
    assert.deepEqual(complaints, []);
  }
});
