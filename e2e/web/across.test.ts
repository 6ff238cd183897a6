/** Two servers that are linked, each with somebody in a browser: one room for both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { type Browser, noBrowser, openBrowser } from './browser.ts';
import { type RealServer, startRealServer } from './real-server.ts';

const desk = { viewport: { width: 1280, height: 800 } };
const row = (page: Page, text: string): Locator => page.locator('li[data-key]', { hasText: text }).last();
const pane = (page: Page): Locator => page.getByRole('complementary');

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

async function says(page: Page, text: string, state = 'Sent'): Promise<void> {
  await page.getByPlaceholder(/^Message #/).fill(text);
  await page.keyboard.press('Enter');
  await row(page, text).getByText(state).waitFor({ state: 'attached' });
}

test('a room on one server is a room for people of both', { skip: noBrowser, timeout: 240_000 }, async (t) => {
  const complaints: string[] = [];
  await using there = await startRealServer({ name: 'there.example' });
  await using here = await startRealServer({ name: 'here.example', peers: [there.url] });
  await using mine = await openBrowser(desk);
  await using theirs = await openBrowser(desk);
  const mira = await own(theirs, there, 'mira', complaints);
  const jun = await own(mine, here, 'jun', complaints);
  await mira.keyboard.press('Alt+Shift+N');
  await mira.getByRole('dialog').getByLabel('Name').fill('harbour');
  await mira.keyboard.press('Enter');
  await says(mira, 'Fog since four.');

  await t.test('it is found among the rooms of its server and joined', async () => {
    await jun.keyboard.press('Alt+J');
    const dialog = jun.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Server' }).fill('nowhere.example');
    await dialog.getByText('Your server does not know nowhere.example').waitFor();
    await dialog.getByRole('combobox', { name: 'Server' }).fill('there.example');
    await dialog.getByRole('button', { name: 'Join #harbour:there.example' }).click();
    await row(jun, 'Fog since four').waitFor();
    await jun.getByRole('heading', { level: 1 }).getByText(':there.example').waitFor();
    await jun.getByRole('navigation', { name: 'Rooms' }).getByText(':there.example').waitFor();
    assert.equal(new URL(jun.url()).hash, '#/r/harbour%3Athere.example');
  });

  await t.test('each hears the other, and sees where they are from', async () => {
    await says(jun, 'The relay is up again.');
    await row(mira, 'The relay is up again').getByText('here.example').waitFor();
    await says(mira, 'Good. @jun, thanks.');
    await row(jun, 'thanks').getByText('there.example').waitFor();
    await row(jun, 'thanks').locator('[data-me]').waitFor();
    // As a face on the row that the other has read last.
    await row(mira, 'thanks').locator('[data-readers="1"]', { hasText: 'Read by jun' }).waitFor({ state: 'attached' });
    await row(jun, 'The relay is up again').hover();
    await row(mira, 'The relay is up again').hover();
    await row(mira, 'The relay is up again').getByRole('button', { name: 'React' }).click();
    await mira.getByRole('button', { name: 'party popper', exact: true }).click();
    await row(jun, 'The relay is up again')
      .getByRole('button', { name: /🎉 1: mira/ })
      .waitFor();
    await jun.getByRole('button', { name: '2 members' }).click();
    await pane(jun).getByText('there.example').waitFor();
    const { violations } = await new AxeBuilder({ page: jun }).analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );
    await pane(jun).getByRole('button', { name: 'Close' }).click();
  });

  await t.test('what is written while its server is away waits, and comes in order', async () => {
    await there.stop();
    await says(jun, 'Is anybody there?', 'Waiting for there.example');
    await says(jun, 'I will wait.', 'Waiting for there.example');
    await row(jun, 'I will wait').getByRole('paragraph').filter({ hasText: 'Waiting for there.example' }).waitFor();
    await jun.getByText('there.example cannot be reached: 2 messages wait in order').waitFor();
    await jun.reload();
    await row(jun, 'I will wait').getByText('Waiting for there.example').first().waitFor({ state: 'attached' });
    await there.restart();
    await row(jun, 'I will wait').getByText('Sent').waitFor({ state: 'attached', timeout: 60_000 });
    await row(mira, 'I will wait').waitFor();
    const heard = await mira.locator('li[data-key]').allInnerTexts();
    const at = (text: string) => heard.findIndex((line) => line.includes(text));
    assert.ok(at('Is anybody there?') >= 0 && at('Is anybody there?') < at('I will wait.'));
  });

  await t.test('one asks to be let in there, is turned down, and is let in', async () => {
    await mira.keyboard.press('Alt+Shift+N');
    await mira.getByRole('dialog').getByLabel('Name').fill('porch');
    await mira.keyboard.press('Enter');
    await mira.getByRole('heading', { level: 1, name: 'porch' }).waitFor();
    await says(mira, 'Wipe your feet.');
    await mira.getByRole('button', { name: 'Room menu' }).click();
    await mira.getByRole('menuitem', { name: 'Settings' }).click();
    await mira.getByRole('radio', { name: /People who ask/ }).check();
    await mira.getByRole('button', { name: 'Save' }).click();
    await mira.getByText('one has to ask to be let in').waitFor();
    await mira.keyboard.press('Alt+m');
    const before = jun.url();
    await jun.goto(`${here.url}/#/r/porch:there.example`);
    const ask = jun.getByRole('main').getByRole('button', { name: 'Ask to be let in' });
    const back = jun.getByRole('main').getByRole('button', { name: 'Take it back' });
    const asking = pane(mira).getByRole('region', { name: 'Asking to be let in' });
    await ask.click();
    await back.waitFor();
    const { violations } = await new AxeBuilder({ page: jun }).analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );
    await mira.getByText('jun asks to be let in').waitFor();
    await asking.getByText('here.example').waitFor();
    await asking.getByRole('button', { name: 'Deny jun' }).click();
    await jun.getByText('You were not let into #porch').first().waitFor();
    await ask.click();
    await back.click();
    await ask.click();
    await back.waitFor();
    await asking.getByRole('button', { name: 'Accept jun' }).click();
    await jun.getByRole('main').getByRole('button', { name: 'Accept the invitation' }).click();
    await jun.getByRole('heading', { level: 1, name: /porch/ }).waitFor();
    await says(jun, 'They are clean.');
    await row(mira, 'They are clean').waitFor();
    await jun.goto(before);
    await mira.getByRole('navigation', { name: 'Rooms' }).getByText('harbour').click();
    await row(jun, 'I will wait').waitFor();
    await row(mira, 'I will wait').waitFor();
  });

  await t.test('the whole name leads there from the switcher, and a message that is refused says why', async () => {
    await jun.keyboard.press('Control+K');
    await jun.keyboard.type('#quay:there.example');
    await jun.getByRole('option', { name: /Go to #quay:there.example/ }).click();
    await jun.getByRole('heading', { name: 'There is no #quay:there.example' }).waitFor();
    await jun.goBack();
    await mira.getByRole('button', { name: '2 members' }).click();
    await pane(mira).getByRole('button', { name: /jun/ }).click();
    await mira.getByRole('menuitem', { name: 'Mute' }).click();
    await mira.getByRole('menuitem', { name: 'Until lifted' }).click();
    await jun.getByText('You are muted here').waitFor();
  });
  assert.deepEqual(
    complaints.filter((text) => !/WebSocket|Failed to load resource/.test(text)),
    [],
  );
});
