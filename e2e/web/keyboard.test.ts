/// <reference lib="dom" />
/** The shell without a pointer: everything is reached, Esc steps back one level, and the focus returns to where it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { startSampleApp } from './sample-app.ts';

const options = { skip: noBrowser, timeout: 120_000 };

async function withRoom(run: (page: Page) => Promise<void>): Promise<void> {
  await using app = await startSampleApp();
  await using browser = await openBrowser({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${app.url}#/r/ops`);
  await page.getByPlaceholder('Message #ops').waitFor();
  await run(page);
}

/** What has the focus: its name, its placeholder or its text. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    'document.activeElement.getAttribute("aria-label") || document.activeElement.placeholder || document.activeElement.textContent',
  );

async function presses(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

test('the first Tab offers to skip the list', options, () =>
  withRoom(async (page) => {
    await page.evaluate('document.activeElement.blur()');
    await presses(page, 'Tab');
    assert.equal(await focused(page), 'Skip to the main part');
    await presses(page, 'Enter');
    assert.equal(await focused(page), 'Message #ops');
  }),
);

test('arrows, letters, Home and End move in the list, Enter opens', options, () =>
  withRoom(async (page) => {
    await page.locator('nav a[aria-current="page"]').focus();
    await presses(page, 'ArrowUp');
    assert.match(await focused(page), /general/);
    await presses(page, 'd');
    assert.match(await focused(page), /design/);
    await presses(page, 'End');
    assert.match(await focused(page), /releases/);
    await presses(page, 'Enter');
    await page.getByPlaceholder('Message #releases').waitFor();
    await presses(page, 'Alt+ArrowUp');
    await page.getByPlaceholder('Message #kitchen').waitFor();
    await presses(page, 'Alt+Shift+ArrowDown');
    await page.getByPlaceholder('Message Noor').waitFor();
    await presses(page, 'Alt+Shift+ArrowDown');
    await page.getByPlaceholder('Message #design').waitFor();
  }),
);

test('the switcher opens over a message, finds, and gives the focus back', options, () =>
  withRoom(async (page) => {
    await page.getByPlaceholder('Message #ops').focus();
    await presses(page, 'Control+k');
    await page.getByRole('combobox').waitFor();
    await presses(page, 'Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Message #ops');
    await presses(page, 'Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('#gard');
    await page.getByRole('option', { name: 'garden' }).waitFor();
    await presses(page, 'Enter');
    await page.getByPlaceholder('Message #garden').waitFor();
  }),
);

test('Enter right after typing goes to what was typed, whatever the list shows at that moment', options, () =>
  withRoom(async (page) => {
    for (let round = 0; round < 3; round++) {
      // Two of one's own rooms, known at once, and one that only the server knows.
      for (const [typed, room] of [
        ['#gard', 'garden'],
        ['#tide', 'tides'],
        ['#op', 'ops'],
      ] as const) {
        await presses(page, 'Control+k');
        await page.getByRole('combobox').waitFor();
        await page.keyboard.type(typed);
        await presses(page, 'Enter');
        await page.waitForURL(`**/#/r/${room}`);
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
    }
  }),
);

test('an Enter that waits for the server is forgotten when the text changes', options, () =>
  withRoom(async (page) => {
    await presses(page, 'Control+k');
    await page.getByRole('combobox').waitFor();
    // In one task, so that no answer comes in between.
    await page.evaluate(`{
      const input = document.querySelector('[role="combobox"]');
      const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
      const type = (text) => {
        write.call(input, text);
        input.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }));
      };
      type('#tide');
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      type('#tides');
    }`);
    await page.getByRole('option', { name: 'tides' }).waitFor();
    assert.equal(await page.getByRole('heading', { level: 1, name: '#tides' }).count(), 0);
    await presses(page, 'Enter');
    await page.getByRole('heading', { level: 1, name: '#tides' }).waitFor();
  }),
);

test('a slash command chosen in the switcher is begun where one writes, and nothing written is lost', options, () =>
  withRoom(async (page) => {
    const field = page.getByPlaceholder('Message #ops');
    const choose = async (typed: string) => {
      await presses(page, 'Control+k');
      await page.getByRole('combobox').waitFor();
      await page.keyboard.type(typed);
      await presses(page, 'Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    const holds = (text: string) =>
      page.waitForFunction(
        (wanted) => document.activeElement instanceof HTMLTextAreaElement && document.activeElement.value === wanted,
        text,
      );
    await page.locator('nav a[aria-current="page"]').focus();
    await choose('/mut');
    await holds('/mute ');
    await page.keyboard.type('@ha');
    assert.equal(await field.inputValue(), '/mute @ha');
    await page.getByRole('option', { name: 'Hana' }).waitFor();
    await choose('/kick');
    await holds('/kick ');
    await field.fill('tea at four');
    await choose('/me');
    await holds('/me tea at four');
    await page.keyboard.type('has ');
    assert.equal(await field.inputValue(), '/me has tea at four');
    await presses(page, 'Control+,');
    await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
    await presses(page, 'Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('/');
    await page.getByRole('option', { name: 'Dark theme' }).waitFor();
    assert.equal(await page.getByRole('option', { name: '/mute' }).count(), 0);
  }),
);

test('menus open by keys, take one letter, and close to their button', options, () =>
  withRoom(async (page) => {
    const account = page.getByRole('button', { name: /Ilvi/ });
    await account.focus();
    await presses(page, 'Enter');
    await page.getByRole('menu').waitFor();
    await presses(page, 'ArrowDown', 'Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    assert.match(await focused(page), /Ilvi/);
    await presses(page, 'Enter');
    await page.getByRole('menu').waitFor();
    await presses(page, '?');
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
    await presses(page, 'Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.match(await focused(page), /Ilvi/);
  }),
);

test('settings open, their pages change by arrows and Enter, Esc goes back to the room', options, () =>
  withRoom(async (page) => {
    await presses(page, 'Control+,');
    await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
    assert.equal(await focused(page), 'Profile');
    await page.getByRole('link', { name: 'Profile' }).focus();
    await presses(page, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter');
    await page.getByRole('heading', { level: 1, name: 'Appearance' }).waitFor();
    await page.getByRole('radio', { name: /Compact/ }).focus();
    await presses(page, 'Space');
    assert.equal(await page.evaluate('document.documentElement.dataset.density'), 'compact');
    await presses(page, 'Escape');
    await page.getByPlaceholder('Message #ops').waitFor();
  }),
);

test('what is left can be had back with Ctrl+Z', options, () =>
  withRoom(async (page) => {
    await presses(page, 'Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('/leave');
    await page.getByRole('option', { name: 'Leave #ops' }).waitFor();
    await presses(page, 'Enter');
    await page.getByText('You left #ops').first().waitFor();
    assert.equal(await page.locator('nav a[href="#/r/ops"]').count(), 0);
    await presses(page, 'Control+z');
    await page.locator('nav a[href="#/r/ops"]').waitFor();
  }),
);
