/** The built app, a real server, real browsers: what people do first, by keyboard, and what stays when the network goes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Browser, noBrowser, openBrowser } from './browser.ts';
import { type RealServer, startRealServer } from './real-server.ts';

const options = { skip: noBrowser, timeout: 300_000 };
const desk = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(url);
  return page;
}

async function own(server: RealServer, browser: Browser): Promise<Page> {
  const page = await open(browser, server.ownerLink);
  await page.getByLabel('Your name').fill('Mira');
  await page.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody is waiting for you').waitFor();
  return page;
}

async function signUp(server: RealServer, browser: Browser, name: string, hash = '#/sign-up'): Promise<Page> {
  const page = await open(browser, `${server.url}/${hash}`);
  await page.getByRole('button', { name: 'Create account' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill('fog horn pepper quay');
  await page.keyboard.press('Enter');
  return page;
}

async function createRoom(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Alt+Shift+N');
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByPlaceholder(`Message #${name}`).waitFor();
}

/** Writes into the open room and waits until it stands there, in the state of that name. */
async function says(page: Page, text: string, state = 'Sent'): Promise<void> {
  await page.getByPlaceholder(/^Message /).fill(text);
  await page.keyboard.press('Enter');
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: text });
  await row.getByText(state).waitFor({ state: 'attached' });
}

const row = (page: Page, room: string) => page.locator(`nav a[href="#/r/${room}"]`);

test('the owner link makes an owner, once, and is not left in the address', options, async () => {
  await using server = await startRealServer();
  await using browser = await openBrowser(desk);
  const page = await own(server, browser);
  assert.equal(new URL(page.url()).hash.includes('claim'), false);
  await page.keyboard.press('Control+,');
  await page.getByText('owner of this server').waitFor();
  await using other = await openBrowser(desk);
  const late = await open(other, server.ownerLink);
  await late.getByLabel('Your name').fill('eve');
  await late.getByRole('textbox', { name: 'Password' }).fill('fog horn pepper quay');
  await late.keyboard.press('Enter');
  await late.getByText('This code is wrong or was used already').waitFor();
});

test('two people meet in a room: found, joined, written in, read, left and left again for good', options, async () => {
  await using server = await startRealServer();
  await using mine = await openBrowser(desk);
  await using theirs = await openBrowser(desk);
  const mira = await own(server, mine);
  await createRoom(mira, 'ops');
  await says(mira, 'Fog since four.');
  const kofi = await signUp(server, theirs, 'kofi', '#/r/ops');
  await kofi.getByRole('main').getByRole('button', { name: 'Join' }).click();
  await kofi.getByText('Fog since four.').waitFor();
  await createRoom(mira, 'garden');
  await says(kofi, 'The light is red.');
  await row(mira, 'ops').getByText('1 unread').waitFor({ state: 'attached' });
  await says(kofi, 'And @mira is asked.');
  await row(mira, 'ops').getByText('1 mention').waitFor({ state: 'attached' });
  await mira.keyboard.press('Alt+Shift+ArrowDown');
  await mira.getByText('The light is red.').waitFor();
  await row(mira, 'ops').getByText('1 mention').waitFor({ state: 'detached' });

  await kofi.keyboard.press('Control+k');
  await kofi.getByRole('combobox').waitFor();
  await kofi.keyboard.type('leave');
  await kofi.getByRole('option', { name: 'Leave #ops' }).waitFor();
  await kofi.keyboard.press('Enter');
  await row(kofi, 'ops').waitFor({ state: 'detached' });
  await kofi.getByRole('button', { name: 'Undo' }).click();
  await row(kofi, 'ops').click();
  await says(kofi, 'I stay after all.');
  await mira.getByText('I stay after all.').waitFor();
});

test('somebody is written to, declines, undoes it and accepts', options, async () => {
  await using server = await startRealServer();
  await using mine = await openBrowser(desk);
  await using theirs = await openBrowser(desk);
  const mira = await own(server, mine);
  const jun = await signUp(server, theirs, 'jun');
  await jun.getByText('Nobody is waiting for you').waitFor();
  await mira.keyboard.press('Alt+n');
  await mira.getByRole('combobox').waitFor();
  await mira.keyboard.type('jun');
  await mira.getByRole('option', { name: /jun/ }).waitFor();
  await mira.keyboard.press('Enter');
  await mira.getByPlaceholder('Message jun').waitFor();
  await jun.getByText('wants to write to you').waitFor();
  await jun.getByRole('button', { name: 'Decline' }).click();
  await jun.getByText('wants to write to you').waitFor({ state: 'detached' });
  await jun.getByRole('button', { name: 'Undo' }).click();
  await jun.getByRole('button', { name: 'Accept' }).click();
  await jun.getByPlaceholder('Message Mira').waitFor();
  await says(jun, 'Here I am.');
  await mira.getByText('Here I am.').waitFor();
});

test(
  'without a network the app opens, shows what was said, and sends what was written when it is back',
  options,
  async () => {
    await using server = await startRealServer();
    await using browser = await openBrowser(desk);
    const page = await own(server, browser);
    await createRoom(page, 'ops');
    await says(page, 'Said before.');
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await page.reload();
    await page.getByText('Said before.').waitFor();
    await server.stop();
    await page
      .getByText(/^Offline/)
      .first()
      .waitFor();
    await page.reload();
    await page.getByText('Said before.').waitFor();
    await says(page, 'Said meanwhile.', 'Waiting to send');
    await page.getByText('Offline — 1 message waiting.').waitFor();
    await server.restart();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText(/^Offline/).waitFor({ state: 'detached' });
    await page.getByText('Said meanwhile.').waitFor();
  },
);

test('a session that is ended elsewhere says so, and signing in again goes on where one was', options, async () => {
  await using server = await startRealServer();
  await using first = await openBrowser(desk);
  await using second = await openBrowser(desk);
  const here = await own(server, first);
  await createRoom(here, 'ops');
  const there = await open(second, `${server.url}/#/sign-in`);
  await there.getByLabel('Name').fill('mira');
  await there.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await there.keyboard.press('Enter');
  await there.getByPlaceholder('Message #ops').waitFor();
  await there.goto(`${server.url}/#/settings/sessions`);
  await there.getByRole('button', { name: 'Sign out all others' }).click();
  await there.locator('[aria-label="Close note"]').click();
  await here.getByText('You are signed out').waitFor();
  await here.getByRole('button', { name: 'Sign in again' }).click();
  await here.getByLabel('Name').fill('mira');
  await here.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await here.keyboard.press('Enter');
  await here.getByPlaceholder('Message #ops').waitFor();
});

test('on a phone there is one screen at a time, and Back goes back', options, async () => {
  await using server = await startRealServer();
  await using browser = await openBrowser(phone);
  const page = await open(browser, server.ownerLink);
  await page.getByLabel('Your name').fill('mira');
  await page.getByRole('textbox', { name: 'Password' }).fill('lantern rope basil tin');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /Open a room of your own/ }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('ops');
  await page.keyboard.press('Enter');
  await page.getByPlaceholder('Message #ops').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Jump to…' }).isVisible(), false);
  await page.goBack();
  await page.getByRole('button', { name: 'Jump to…' }).waitFor();
  await page.getByRole('link', { name: /ops/ }).click();
  await page.getByRole('button', { name: /1 member/ }).click();
  await page.getByRole('heading', { name: /Members/ }).waitFor();
  await page.goBack();
  await page.getByPlaceholder('Message #ops').waitFor();
  await page.getByRole('button', { name: 'Back to rooms' }).click();
  await page.getByRole('button', { name: 'Jump to…' }).waitFor();
});
