/** Two people in one room of a real server: everything that one does is seen by the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type Browser, noBrowser, openBrowser } from './browser.ts';
import { type RealServer, startRealServer } from './real-server.ts';

const desk = { viewport: { width: 1280, height: 800 } };
const field = (page: Page): Locator => page.locator('main textarea');
const row = (page: Page, text: string): Locator => page.locator('li[data-key]', { hasText: text }).last();
const pane = (page: Page): Locator => page.getByRole('complementary');

async function opened(browser: Browser, url: string, complaints: string[]): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return page;
}

async function says(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.keyboard.press('Enter');
  await row(page, text).getByText('Sent').waitFor({ state: 'attached' });
}

async function act(page: Page, text: string, name: string): Promise<void> {
  await row(page, text).hover();
  await row(page, text).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name }).click();
}

async function moderate(page: Page, person: RegExp, ...path: (string | RegExp)[]): Promise<void> {
  await pane(page).getByRole('button', { name: person }).click();
  for (const name of path) await page.getByRole('menuitem', { name }).click();
}

async function enter(server: RealServer, mine: Browser, theirs: Browser, complaints: string[]) {
  const mira = await opened(mine, server.ownerLink, complaints);
  await mira.getByLabel('Your name').fill('Mira');
  await mira.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await mira.keyboard.press('Enter');
  await mira.getByText('Nobody is waiting for you').waitFor();
  await mira.keyboard.press('Alt+Shift+N');
  await mira.getByRole('dialog').getByLabel('Name').fill('ops');
  await mira.keyboard.press('Enter');
  await says(mira, 'Fog since four.');
  const kofi = await opened(theirs, `${server.url}/#/r/ops`, complaints);
  await kofi.getByRole('button', { name: 'Create account' }).first().click();
  await kofi.getByLabel('Name').fill('kofi');
  await kofi.getByRole('textbox', { name: 'Password' }).fill('fog horn pepper quay');
  await kofi.keyboard.press('Enter');
  await kofi.getByRole('main').getByRole('button', { name: 'Join' }).click();
  await row(kofi, 'Fog since four').waitFor();
  return { mira, kofi };
}

test('what one does in a room is seen by the other', { skip: noBrowser, timeout: 240_000 }, async (t) => {
  const complaints: string[] = [];
  await using server = await startRealServer();
  await using mine = await openBrowser(desk);
  await using theirs = await openBrowser(desk);
  const { mira, kofi } = await enter(server, mine, theirs, complaints);

  await t.test('typing, a message, a reaction that both join and one leaves', async () => {
    await field(kofi).pressSequentially('hm');
    await mira.getByText('kofi is typing').waitFor();
    await says(kofi, 'The light is red.');
    await row(mira, 'The light is red').hover();
    await row(mira, 'The light is red').getByRole('button', { name: 'React' }).click();
    await mira.getByRole('button', { name: 'party popper', exact: true }).click();
    await row(kofi, 'The light is red')
      .getByRole('button', { name: /🎉 1: Mira/ })
      .click();
    await row(mira, 'The light is red')
      .getByRole('button', { name: /🎉 2: kofi and you/i })
      .click();
    await row(kofi, 'The light is red')
      .getByRole('button', { name: /🎉 1: You/ })
      .waitFor();
  });

  await t.test('who has read what, until they do not want it told, on every device', async () => {
    await says(mira, 'Read this.');
    const read = row(mira, 'Read this').getByText('Read by kofi');
    await read.waitFor({ state: 'attached' });
    const back = kofi.url();
    await kofi.goto(`${server.url}/#/settings/privacy`);
    await kofi.getByLabel('How far you have read').click();
    await read.waitFor({ state: 'detached' });
    await kofi.goto(back);
    await row(kofi, 'Read this').waitFor();
    await says(mira, 'And this.');
    await row(kofi, 'And this').waitFor();
    await kofi.goto(`${server.url}/#/settings/privacy`);
    await kofi.reload();
    assert.equal(await kofi.getByLabel('How far you have read').isChecked(), false);
    assert.equal(await mira.getByText('Read by kofi').count(), 0);
    await kofi.getByLabel('How far you have read').click();
    await kofi.goto(back);
    await says(mira, 'Now that.');
    await row(mira, 'Now that').getByText('Read by kofi').waitFor({ state: 'attached' });
  });

  await t.test('an edit with its history', async () => {
    await field(kofi).press('ArrowUp');
    await field(kofi).fill('The light is green.');
    await field(kofi).press('Enter');
    await row(mira, 'The light is green').getByText('edited').click();
    await mira.getByRole('dialog').getByText('The light is red.').waitFor();
    await mira.keyboard.press('Escape');
  });

  await t.test('a mention, an answer, a pin and a deletion', async () => {
    await field(mira).pressSequentially('hi @ko');
    await mira.getByRole('option', { name: /kofi/ }).waitFor();
    await mira.keyboard.press('Enter');
    await field(mira).pressSequentially('look');
    await mira.keyboard.press('Enter');
    await row(kofi, '@kofi').locator('[data-me]').waitFor();
    await row(kofi, '@kofi').hover();
    await row(kofi, '@kofi').getByRole('button', { name: 'Reply' }).click();
    await says(kofi, 'I see');
    await row(mira, 'I see').getByRole('button', { name: /look/ }).waitFor();
    await act(mira, 'I see', 'Pin');
    await kofi.getByText('pinned a message').waitFor();
    await kofi.getByRole('button', { name: 'Pinned messages' }).click();
    await pane(kofi).getByText('I see').waitFor();
    await kofi.keyboard.press('Escape');
    await act(kofi, 'I see', 'Delete');
    await mira.getByText('Deleted by kofi').waitFor();
  });

  await t.test('a topic by command, slow mode by the settings, a message that it holds back', async () => {
    await field(mira).fill('/topic Relays and ferries');
    await mira.keyboard.press('Enter');
    await kofi.locator('main header').getByText('Relays and ferries').waitFor();
    await mira.getByRole('button', { name: 'Room menu' }).click();
    await mira.getByRole('menuitem', { name: 'Settings' }).click();
    await mira.getByLabel('Slow mode').selectOption('300000');
    await mira.getByRole('button', { name: 'Save' }).click();
    await kofi.locator('main form').getByText('Slow mode: one message every 5 minutes').waitFor();
    await says(kofi, 'slow one');
    await field(kofi).fill('slow two');
    await kofi.keyboard.press('Enter');
    await row(kofi, 'slow two')
      .getByText(/Slow mode holds it back/)
      .waitFor();
    await row(kofi, 'slow two').getByRole('button', { name: 'Discard' }).click();
    await row(kofi, 'slow two').waitFor({ state: 'detached' });
  });

  await t.test('a mute that is lifted, a role, a ban that is told with its reason', async () => {
    await mira.keyboard.press('Alt+m');
    await moderate(mira, /kofi/, 'Mute', '10 minutes');
    await kofi.getByRole('region', { name: /You are muted here until/ }).waitFor();
    await pane(mira).getByText('muted until').waitFor();
    await moderate(mira, /kofi/, 'Let speak again');
    await field(kofi).waitFor();
    await moderate(mira, /kofi/, 'Role', 'Moderator');
    await kofi.getByText('made you a moderator').waitFor();
    await moderate(mira, /kofi/, 'Ban…');
    await mira.getByRole('textbox', { name: 'Reason' }).fill('one test too many');
    await mira.getByRole('button', { name: 'Ban', exact: true }).click();
    await mira.getByText('You banned kofi: “one test too many”').waitFor();
    await pane(mira).getByText('one test too many').waitFor();
    await mira.getByRole('button', { name: '1 member' }).waitFor();
    await field(kofi).waitFor({ state: 'detached' });
  });
  await t.test('one asks to be let in, is turned down, takes it back, and is let in', async () => {
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

    await kofi.goto(`${server.url}/#/r/porch`);
    const ask = kofi.getByRole('main').getByRole('button', { name: 'Ask to be let in' });
    const back = kofi.getByRole('main').getByRole('button', { name: 'Take it back' });
    const asking = pane(mira).getByRole('region', { name: 'Asking to be let in' });
    await ask.click();
    await mira.getByText('kofi asks to be let in').waitFor();
    await asking.getByRole('button', { name: 'Deny kofi' }).click();
    await kofi.getByText('You were not let into #porch').first().waitFor();
    await mira.getByText('You did not let kofi in').waitFor();
    await ask.click();
    await asking.getByText('kofi').waitFor();
    await back.click();
    await ask.waitFor();
    await asking.waitFor({ state: 'detached' });
    await ask.click();
    await asking.getByRole('button', { name: 'Accept kofi' }).click();
    await asking.waitFor({ state: 'detached' });
    await kofi.getByRole('main').getByRole('button', { name: 'Accept the invitation' }).click();
    await row(kofi, 'Wipe your feet').waitFor();
    await mira.getByRole('button', { name: '2 members' }).waitFor();
  });
  assert.deepEqual(complaints, []);
});
