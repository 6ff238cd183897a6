import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { pipeScreen, promptScreen, type Screen } from './screen.ts';

const columns = 20;

/** Just enough of a terminal to tell what is on the screen. */
function rendered(written: string): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  const put = (letter: string) => {
    if (column === columns) [row, column] = [row + 1, 0];
    rows[row] ??= [];
    rows[row]![column++] = letter;
  };
  for (const [part] of written.matchAll(/\p{Cc}\[(?:\d+;?)*[A-Za-z]|./gsu)) {
    const move = /^\p{Cc}\[(\d*)(?:;\d+)?([A-Za-z])$/u.exec(part);
    const count = Number(move?.[1] || 1);
    if (!move) {
      if (part === '\n') [row, column] = [row + 1, 0];
      else if (part === '\r') column = 0;
      else put(part);
      rows[row] ??= [];
    } else if (move[2] === 'A') row = Math.max(0, row - count);
    else if (move[2] === 'B') row += count;
    else if (move[2] === 'G') column = count - 1;
    else if (move[2] === 'C') column += count;
    else if (move[2] === 'D') column -= count;
    else if (move[2] === 'J') {
      rows.splice(row + 1);
      rows[row] = rows[row]!.slice(0, column);
    } else if (move[2] === 'K') rows[row] = rows[row]!.slice(0, column);
    else assert.fail(`an unknown sequence: ${JSON.stringify(part)}`);
  }
  return rows.map((letters) =>
    Array.from(letters, (letter) => letter ?? ' ')
      .join('')
      .trimEnd(),
  );
}

function terminal(complete: (line: string) => [string[], string] = (line) => [[], line]) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns });
  let written = '';
  output.on('data', (chunk) => {
    written += String(chunk);
  });
  let stops = 0;
  const screen = promptScreen({ input, output, complete, onStop: () => stops++ });
  screen.setPrompt('#ops> ');
  const lines = screen.lines()[Symbol.asyncIterator]();
  return {
    screen,
    next: () => lines.next(),
    stops: () => stops,
    async type(keys: string) {
      input.write(keys);
      await settled();
    },
    async shown() {
      await settled();
      return rendered(written).filter((line, i, all) => line !== '' || i < all.length - 1);
    },
  };
}

/** Streams hand on in the next turns of the loop. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('what comes is shown above what is being typed', async () => {
  const { screen, next, type, shown } = terminal();
  const line = next();
  await type('hel');
  screen.say('14:03 ada  hi');
  assert.deepEqual(await shown(), ['14:03 ada  hi', '#ops> hel']);
  await type('lo');
  screen.say('14:04 ada  more');
  assert.deepEqual(await shown(), ['14:03 ada  hi', '14:04 ada  more', '#ops> hello']);
  await type('\r');
  assert.deepEqual(await line, { done: false, value: 'hello' });
  screen.close();
});

test('also when it takes several rows, typed or pasted', async () => {
  const long = 'a line that is longer than the row, twice';
  for (const parts of [[long], [...long]]) {
    const { screen, next, type, shown } = terminal();
    const line = next();
    for (const part of parts) await type(part);
    screen.say('one');
    screen.say('two\n  and three');
    const typed = `#ops> ${long}`;
    const rows = [typed.slice(0, 20), typed.slice(20, 40), typed.slice(40)].map((row) => row.trimEnd());
    assert.deepEqual(await shown(), ['one', 'two', '  and three', ...rows]);
    await type('\r');
    assert.deepEqual(await line, { done: false, value: long });
    screen.close();
  }
});

test('the prompt may change while one types', async () => {
  const { screen, next, type, shown } = terminal();
  void next();
  await type('abc');
  screen.setPrompt('#ops (offline)> ');
  assert.deepEqual(await shown(), ['#ops (offline)> abc']);
  screen.close();
});

test('Tab completes, and Ctrl-C clears a line before it stops', async () => {
  const { screen, next, type, shown, stops } = terminal((line) => [['/kick '], line]);
  void next();
  await type('/ki');
  await type('\t');
  assert.deepEqual(await shown(), ['#ops> /kick']);
  await type('\u0003');
  assert.deepEqual(await shown(), ['#ops>']);
  assert.equal(stops(), 0);
  await type('\u0003');
  assert.equal(stops(), 1);
  screen.close();
});

test('lines that come before anybody asks are not lost, and the end ends', async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const screen: Screen = pipeScreen({ input, output });
  input.end('one\ntwo\nthree');
  await settled();
  const lines: string[] = [];
  for await (const line of screen.lines()) lines.push(line);
  assert.deepEqual(lines, ['one', 'two', 'three']);
  screen.say('shown');
  assert.equal(String(output.read()), 'shown\n');
  screen.close();
});
