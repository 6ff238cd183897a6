/** Two servers that are linked, each with somebody in a browser: they write to each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { type Browser, noBrowser, openBrowser } from './browser.ts';
import { type RealServer, startRealServer } from './real-server.ts';

const desk = { viewport: { width: 1280, height: 800 } };
const phone = { width: 390, height: 844 };
const row = (page: Page, text: string): Locator => page.locator('li[data-key]', { hasText: text }).last();
const list = (page: Page): Locator => page.getByRole('navigation', { name: 'Rooms' });

async function own(browser: Browser, server: RealServer, name: string, complaints: string[]): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(server.ownerLink);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody is waiting for you').waitFor();
  return page;
}

async function writeTo(page: Page, name: string, option: string | RegExp): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: /Jump to/ }).fill(name);
  await page.getByRole('option', { name: option }).click();
  await page.locator('main textarea').waitFor();
}

async function says(page: Page, text: string, state = 'Sent'): Promise<void> {
  await page.locator('main textarea').fill(text);
  await page.keyboard.press('Enter');
  await row(page, text).getByText(state).waitFor({ state: 'attached' });
}

async function sound(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`),
      [],
    );
  }
}

test('two people of two servers write to each other', { skip: noBrowser, timeout: 240_000 }, async (t) => {
  const complaints: string[] = [];
  await using there = await startRealServer({ name: 'there.example' });
  await using here = await startRealServer({ name: 'here.example', peers: [there.url] });
  await using mine = await openBrowser(desk);
  await using theirs = await openBrowser(desk);
  const mira = await own(theirs, there, 'mira', complaints);
  const jun = await own(mine, here, 'jun', complaints);

  await t.test('one writes, and the other is asked first', async () => {
    await writeTo(jun, '@mira:there.example', /mira/);
    await says(jun, 'Is the east quay dry?');
    await jun.getByRole('heading', { level: 1, name: 'mira' }).waitFor();
    await jun.getByText('has not accepted yet').waitFor();
    await list(jun).getByRole('button', { name: 'People' }).waitFor();
    await sound(jun);
    const request = list(mira).getByRole('listitem').filter({ hasText: 'wants to write to you' });
    await request.getByText('here.example').waitFor();
    assert.equal(await mira.getByText('east quay').count(), 0);
    await request.getByRole('link', { name: 'jun' }).click();
    await mira.getByRole('heading', { name: 'jun wants to write to you' }).waitFor();
    assert.equal(await mira.getByText('east quay').count(), 0);
    await sound(mira);
    await mira.setViewportSize(phone);
    await mira.getByRole('main').getByRole('button', { name: 'Decline' }).waitFor();
    await sound(mira);
    await mira.setViewportSize(desk.viewport);
  });

  await t.test('who accepts reads it and answers', async () => {
    await mira.getByRole('main').getByRole('button', { name: 'Accept' }).click();
    await row(mira, 'Is the east quay dry?').waitFor();
    await says(mira, 'At low water.');
    await row(jun, 'At low water.').waitFor();
    await jun.getByText('The two of you and your servers can read this').waitFor();
    await list(jun).getByRole('link', { name: /mira/ }).getByText('online').waitFor({ state: 'attached' });
    await mira.getByText('read this').first().waitFor();
    assert.equal(await jun.getByText(/encrypted/i).count(), 0);
    await jun.getByRole('button', { name: 'Room menu' }).click();
    assert.deepEqual(
      await jun
        .getByRole('menuitem')
        .allInnerTexts()
        .then((all) => all.map((one) => one.split('\n')[0])),
      ['Pinned messages', 'Jump to a date…', 'How long messages are kept…', 'Leave'],
    );
    await jun.keyboard.press('Escape');
    await jun.reload();
    await row(jun, 'At low water.').waitFor();
    await jun.goto(`${here.url}/#/r/@mira:there.example`);
    await row(jun, 'At low water.').waitFor();
  });

  await t.test('a room has the way to it in the menu of a member', async () => {
    await mira.keyboard.press('Alt+Shift+N');
    await mira.getByRole('dialog').getByLabel('Name').fill('harbour');
    await mira.keyboard.press('Enter');
    await mira.getByRole('heading', { level: 1, name: 'harbour' }).waitFor();
    await jun.goto(`${here.url}/#/r/harbour:there.example`);
    await jun.getByRole('main').getByRole('button', { name: 'Join' }).click();
    await jun.getByRole('button', { name: '2 members' }).click();
    await jun.getByRole('complementary').getByRole('button', { name: /mira/ }).click();
    await jun.getByRole('menuitem', { name: 'Message' }).click();
    await jun.getByRole('heading', { level: 1, name: 'mira' }).waitFor();
    await row(jun, 'At low water.').waitFor();
  });

  await t.test('what is written while the other server is away is there when it is back', async () => {
    await there.stop();
    await says(jun, 'Then I come at four.');
    await there.restart();
    await list(mira).getByRole('link', { name: /jun/ }).click({ timeout: 60_000 });
    await row(mira, 'Then I come at four.').waitFor({ timeout: 60_000 });
  });

  await t.test('who leaves is gone, and is asked again', async () => {
    await mira.getByRole('button', { name: 'Room menu' }).click();
    await mira.getByRole('menuitem', { name: 'Leave' }).click();
    await mira.getByText('You left the conversation with jun').waitFor();
    await jun.getByRole('heading', { name: 'mira is not here' }).waitFor({ timeout: 60_000 });
    await sound(jun);
    await jun.getByRole('button', { name: 'Ask again' }).click();
    await jun.getByText('has not accepted yet').waitFor();
    const request = list(mira).getByRole('listitem').filter({ hasText: 'wants to write to you' });
    await request.getByRole('button', { name: 'Decline' }).click();
    await jun.getByRole('heading', { name: 'mira is not here' }).waitFor({ timeout: 60_000 });
  });
  assert.deepEqual(
    complaints.filter((text) => !/WebSocket|Failed to load resource/.test(text)),
    [],
  );
});
