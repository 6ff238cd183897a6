/** A notice of the server in real browsers: at once, over a reload, put away by one, withdrawn for all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Browser, noBrowser, openBrowser } from './browser.ts';
import { startRealServer } from './real-server.ts';

async function opened(browser: Browser, address: string, complaints: string[]): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  return page;
}

test('a notice is shown to everybody on the server until it is withdrawn', {
  skip: noBrowser,
  timeout: 180_000,
}, async () => {
  const complaints: string[] = [];
  await using server = await startRealServer();
  await using mine = await openBrowser({ viewport: { width: 1280, height: 800 } });
  await using theirs = await openBrowser({ viewport: { width: 1280, height: 800 } });
  const owner = await opened(mine, server.ownerLink, complaints);
  await owner.getByLabel('Your name').fill('jun');
  await owner.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await owner.keyboard.press('Enter');
  await owner.getByText('Nobody is waiting for you').waitFor();
  const guest = await opened(theirs, `${server.url}/#/guest`, complaints);
  await guest.getByRole('button', { name: 'Continue as guest' }).click();
  await guest.getByRole('button', { name: 'Jump to' }).waitFor();
  const shown = guest.getByRole('complementary', { name: /^Notice of/ });
  const says = async (text: string) => {
    await owner.evaluate("location.hash = '#/settings/notice'");
    await owner.getByLabel('What everybody should know').fill(text);
    await owner.getByRole('button', { name: 'Show it to everybody' }).click();
  };

  await says('Down at **ten**.\nBack soon.');
  await shown.getByText('Down at **ten**.').waitFor();
  await guest.reload();
  await shown.getByText('Back soon.').waitFor();
  await shown.getByRole('button', { name: 'Dismiss the notice' }).click();
  await shown.waitFor({ state: 'detached' });
  await guest.reload();
  await guest.getByRole('button', { name: 'Jump to' }).waitFor();
  await guest.getByText('Guest · Online').waitFor();
  assert.equal(await shown.count(), 0, 'what was put away stays away');

  await says('Down at eleven instead.');
  await shown.getByText('Down at eleven').waitFor();
  await owner.getByRole('button', { name: 'Withdraw' }).click();
  await shown.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});
