/** Every screen of the app over sample data, and how to get there. */
import { toBase32 } from '@parley/protocol';
import type { Page } from 'playwright-core';

export interface Screen {
  name: string;
  /** After the address of the app: query and hash. */
  path: string;
  /** What is there when the screen is complete. */
  ready: string;
  /** Steps from the loaded page to the screen. */
  act?(page: Page): Promise<void>;
  /** Only at these widths: others show another screen there. */
  widths?: readonly number[];
}

const press = (keys: string, then: string) => async (page: Page) => {
  await page.keyboard.press(keys);
  await page.locator(then).first().waitFor();
};
const dialog = '[role="dialog"]';

/** Keys of the sample data: at the first somebody answers, at the second nobody is. */
const [talker, silent] = [202, 201].map((byte) => toBase32(new Uint8Array(32).fill(byte)));

export const screens: readonly Screen[] = [
  { name: 'sign-in', path: '?signedIn=no#/sign-in', ready: 'h1:text("Welcome back")' },
  {
    name: 'sign-in-refused',
    path: '?signedIn=no#/sign-in',
    ready: 'h1',
    async act(page) {
      await page.getByLabel('Name').fill('ilvi');
      await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'sign-up', path: '?signedIn=no#/sign-up', ready: 'h1:text("Create an account")' },
  {
    name: 'sign-up-invite',
    path: '?signedIn=no&signUp=invite#/invite/quay-1947',
    ready: 'h1:text("Create an account")',
  },
  { name: 'guest', path: '?signedIn=no#/guest', ready: 'h1:text("Look in as a guest")' },
  { name: 'first-run', path: '?signedIn=no#claim=quay-1947-otter-63', ready: 'h1:text("This server is yours")' },
  { name: 'sign-in-by-key', path: '?signedIn=no&key=none#/sign-in-by-key', ready: 'input[type="file"]' },
  { name: 'sign-in-by-held-key', path: '?signedIn=no#/sign-in-by-key', ready: 'legend:text("Which key")' },
  { name: 'unreachable', path: '?signedIn=no&offline&server=none', ready: 'h1:text("does not answer")' },
  { name: 'session-ended', path: '?closed', ready: 'h1:text("You are signed out")' },
  { name: 'rooms', path: '#/', ready: '[aria-label="Rooms"]', widths: [390] },
  { name: 'room', path: '#/r/ops', ready: 'textarea' },
  { name: 'room-elsewhere', path: '#/r/design', ready: 'text=cannot be reached' },
  { name: 'room-offline', path: '?offline#/r/ops', ready: 'textarea' },
  { name: 'room-empty', path: '#/r/garden', ready: 'textarea' },
  { name: 'room-muted', path: '#/r/harbour-board', ready: '[aria-label^="You are muted"]' },
  {
    name: 'room-members',
    path: '#/r/ops?pane=members',
    ready: 'aside li',
    async act(page) {
      await page.locator('aside').getByRole('button', { name: /Hana/ }).click();
      await page.getByRole('menuitem', { name: 'Mute' }).waitFor();
    },
  },
  {
    name: 'room-completion',
    path: '#/r/ops',
    ready: 'main textarea',
    async act(page) {
      await page.locator('main textarea').fill('/mu');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'room-actions',
    path: '#/r/boats-for-sale',
    ready: 'main li[data-key]',
    async act(page) {
      await page.locator('main textarea').focus();
      await page.keyboard.press('Shift+Tab');
      await page.locator('[data-bar]').waitFor({ state: 'attached' });
    },
  },
  {
    name: 'room-settings',
    path: '#/r/garden',
    ready: 'main h1',
    async act(page) {
      await page.getByRole('button', { name: 'Room menu' }).click();
      await page.getByRole('menuitem', { name: 'Settings' }).click();
      await page.getByLabel('Slow mode').waitFor();
    },
  },
  { name: 'direct', path: '#/r/@noor', ready: 'main textarea' },
  { name: 'direct-asked', path: '#/r/@samir', ready: 'text=has not accepted yet' },
  { name: 'direct-gone', path: '#/r/@hana', ready: 'main button:text("Ask again")' },
  { name: 'direct-request', path: '#/r/@lena', ready: 'main h2:has-text("wants to write to you")' },
  { name: 'direct-begin', path: '#/r/@nobody', ready: 'main button:text("Write to @nobody")' },
  { name: 'no-rooms', path: '?rooms=none#/', ready: 'text=Open a room of your own' },
  { name: 'join', path: '#/r/tides', ready: 'main button:text("Join")' },
  { name: 'join-ask', path: '#/r/bridge-club', ready: 'main button:text("Ask to be let in")' },
  { name: 'join-elsewhere', path: '#/r/relays:kanto.example', ready: 'main button:text("Join")' },
  { name: 'join-unknown', path: '#/r/nothing-here', ready: 'text=There is no #nothing-here' },
  { name: 'channel', path: '#/c/quay', ready: 'text=The ferry of four' },
  { name: 'channel-empty', path: '#/c/lobby', ready: 'main textarea' },
  { name: 'channel-offline', path: '?offline#/c/quay', ready: 'text=Listening begins' },
  {
    name: 'channel-people',
    path: '#/c/quay',
    ready: 'main textarea',
    async act(page) {
      await page.getByRole('button', { name: 'Who is here' }).click();
      await page.getByRole('heading', { name: 'Heard since' }).waitFor();
    },
  },
  { name: 'key', path: '#/k', ready: 'text=Messages to this address come here' },
  { name: 'key-none', path: '?key=none#/k', ready: 'button:text("Make a key")' },
  {
    name: 'key-talk',
    path: '#/k',
    ready: 'text=Messages to this address come here',
    async act(page) {
      await page.evaluate(`location.hash = '#/k/${talker}'`);
      await page.locator('main').getByText('usual place').waitFor();
      await page.locator('main textarea').fill('It is. Thank you.');
      await page.keyboard.press('Enter');
      await page.locator('[data-line]').getByText('Opened there').waitFor({ state: 'attached' });
    },
  },
  {
    name: 'key-refused',
    path: `#/k/${silent}`,
    ready: 'main textarea',
    async act(page) {
      await page.locator('main textarea').fill('Anybody there?');
      await page.keyboard.press('Enter');
      await page.getByText('Nobody is signed in with this key').waitFor();
    },
  },
  { name: 'key-talk-none', path: `?key=none#/k/${silent}`, ready: 'button:text("Get a key")' },
  {
    name: 'switcher-key',
    path: '#/r/ops',
    ready: 'textarea',
    async act(page) {
      await press('Control+k', dialog)(page);
      await page.keyboard.type(`key:${silent}`);
      await page.getByRole('option', { name: /Write to key/ }).waitFor();
    },
  },
  { name: 'sessions-no-key', path: '?key=none#/settings/sessions', ready: 'button:text("Make a key")' },
  { name: 'switcher', path: '#/r/ops', ready: 'textarea', act: press('Control+k', dialog) },
  {
    name: 'switcher-channel',
    path: '#/r/ops',
    ready: 'textarea',
    async act(page) {
      await press('Control+k', dialog)(page);
      await page.keyboard.type('~lobby');
      await page.getByRole('option', { name: /lobby/ }).waitFor();
    },
  },
  {
    name: 'switcher-found',
    path: '#/r/ops',
    ready: 'textarea',
    async act(page) {
      await press('Control+k', dialog)(page);
      await page.keyboard.type('to');
      await page.locator('[role="option"] mark').first().waitFor();
    },
  },
  {
    name: 'switcher-elsewhere',
    path: '#/r/ops',
    ready: 'textarea',
    async act(page) {
      await press('Control+k', dialog)(page);
      await page.keyboard.type('#relays:chat.example.org');
      await page.getByText('Other rooms of chat.example.org').waitFor();
    },
  },
  { name: 'create-room', path: '#/r/ops', ready: 'textarea', act: press('Alt+Shift+N', dialog) },
  { name: 'find-room', path: '#/r/ops', ready: 'textarea', act: press('Alt+j', `${dialog} li`) },
  {
    name: 'find-room-elsewhere',
    path: '#/r/ops',
    ready: 'textarea',
    async act(page) {
      await press('Alt+j', `${dialog} li`)(page);
      await page.getByRole('combobox', { name: 'Server' }).fill('kanto.example');
      await page.getByText('night-watch').waitFor();
    },
  },
  { name: 'shortcuts', path: '#/r/ops', ready: 'textarea', act: press('?', dialog) },
  {
    name: 'account-menu',
    path: '#/r/ops',
    ready: 'textarea',
    widths: [820, 1280, 1440],
    async act(page) {
      await page.getByRole('button', { name: /Ilvi/ }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'server-menu-sheet',
    path: '#/',
    ready: '[aria-label="Rooms"]',
    widths: [390],
    async act(page) {
      await page.getByRole('button', { name: /harbour/ }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  { name: 'settings', path: '#/settings', ready: 'text=Appearance', widths: [390] },
  { name: 'profile', path: '#/settings/profile', ready: 'h1:text("Profile")' },
  { name: 'privacy', path: '#/settings/privacy', ready: 'text=How far you have read' },
  { name: 'sessions', path: '#/settings/sessions', ready: 'button:text("Copy the address")' },
  { name: 'appearance', path: '#/settings/appearance', ready: 'text=Density' },
  { name: 'shortcut-page', path: '#/settings/shortcuts', ready: 'h1:text("Shortcuts")' },
  { name: 'invites', path: '#/settings/invites', ready: 'code' },
  { name: 'federation', path: '#/settings/federation', ready: 'h2:text("Rooms in which something waits")' },
  { name: 'federation-none', path: '?links=none#/settings/federation', ready: 'text=No other server yet' },
  { name: 'federation-refused', path: '?links=refused#/settings/federation', ready: 'text=7f3a90c1' },
  { name: 'federation-offline', path: '?offline#/settings/federation', ready: 'text=The links are shown as soon' },
  {
    name: 'federation-menu',
    path: '#/settings/federation',
    ready: 'th:has-text("souq.example")',
    async act(page) {
      await page.getByRole('button', { name: 'More about souq.example' }).click();
      await page.getByRole('menuitem', { name: 'Block' }).waitFor();
    },
  },
  {
    name: 'federation-details',
    path: '#/settings/federation',
    ready: 'th:has-text("souq.example")',
    async act(page) {
      await page.getByRole('button', { name: 'More about atelier.example.net' }).click();
      await page.getByRole('menuitem', { name: 'Details' }).click();
      await page.getByRole('dialog').getByText('There and back').waitFor();
    },
  },
  {
    name: 'federation-connect',
    path: '#/settings/federation',
    ready: 'th:has-text("souq.example")',
    async act(page) {
      await page.getByLabel('Link with a server').fill('not an address');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'notice', path: '?notice#/r/ops', ready: 'aside:has-text("The harbour moves")' },
  { name: 'notice-list', path: '?notice#/', ready: 'aside:has-text("The harbour moves")', widths: [390] },
  { name: 'notice-page', path: '?notice#/settings/notice', ready: 'button:text("Withdraw")' },
  {
    name: 'undo',
    path: '#/settings/sessions',
    ready: 'text=tide-bot',
    async act(page) {
      await page.getByRole('button', { name: 'Sign out quay-desk' }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
    },
  },
];

/** Where typing goes to a field, `?` would be typed: first leave it. */
export async function show(page: Page, url: string, screen: Screen): Promise<void> {
  await page.goto(`${url}${screen.path}`);
  await page.locator(screen.ready).first().waitFor();
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  if (!screen.act) return;
  await page.evaluate('document.activeElement?.blur?.()');
  await screen.act(page);
}
