import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Failure } from '../exit.ts';
import { type Command, command } from './command.ts';
import { completion } from './completion.ts';
import { find } from './find.ts';
import { commandHelp, overview } from './help.ts';
import { parse, synopsis } from './parse.ts';
import { commands } from './registry.ts';

const send = command({
  name: 'send',
  group: 'Messages',
  about: 'Sends a message.',
  arguments: [
    { name: 'ROOM', about: 'The room.' },
    { name: 'TEXT', about: 'The text.', rest: true },
  ],
  options: {
    'reply-to': { value: 'MESSAGE', about: 'An answer.' },
    tag: { value: 'TAG', about: 'A tag.', multiple: true },
    loud: { about: 'A switch.', short: 'l' },
  },
  async run() {},
});
const ping: Command = { ...send, name: 'ping', arguments: [{ name: 'WHAT', about: 'x', optional: true }], options: {} };
const family: Command[] = [
  { ...ping, name: 'import irc' },
  { ...ping, name: 'import parley' },
];

const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Failure && error.exit === 2, String(error));
    return error.message;
  }
  return assert.fail('nothing was refused');
};

test('reads arguments, options and what every command takes', () => {
  const { input, global } = parse(send, ['#ops', 'a', '--reply-to', '7', '-l', '--json', 'b', '--tag=x', '--tag', 'y']);
  assert.deepEqual(input.arguments, ['#ops', 'a', 'b']);
  assert.deepEqual(input.options, { 'reply-to': '7', tag: ['x', 'y'], loud: true });
  assert.equal(global.json, true);
  assert.equal(global.server, undefined);
  assert.deepEqual(parse(send, ['#ops', '-']).input.arguments, ['#ops', '-']);
  assert.deepEqual(parse(send, ['#ops', '--', '--json']).input.arguments, ['#ops', '--json']);
});

test('says in one line what is wrong with a command line', () => {
  assert.match(
    refusal(() => parse(send, [])),
    /^ROOM is missing \(quote it, as '#ops', or write it without #\); see parley send --help$/,
  );
  assert.match(
    refusal(() => parse(send, ['#ops'])),
    /^TEXT is missing; see/,
  );
  assert.match(
    refusal(() => parse(ping, ['a', 'b'])),
    /^“b” is too much/,
  );
  assert.match(
    refusal(() => parse(send, ['r', 't', '--nope'])),
    /^there is no option --nope; put -- before/,
  );
  assert.match(
    refusal(() => parse(send, ['r', '-5 degrees'])),
    /^there is no option -5/,
  );
  assert.equal(
    refusal(() => parse(send, ['r', 't', '--reply-to'])),
    '--reply-to needs a value',
  );
  assert.equal(
    refusal(() => parse(send, ['r', 't', '--reply-to', '--json'])),
    '--reply-to needs a value',
  );
  assert.equal(
    refusal(() => parse(send, ['r', 't', '--loud=yes'])),
    '--loud takes no value',
  );
});

test('finds commands by one word or two, and offers the nearest', () => {
  const all = [send, ping, ...family];
  const found = find(all, ['import', 'irc', 'x']);
  assert.ok(found.found === 'command' && found.command.name === 'import irc');
  assert.deepEqual(found.words, ['x']);
  assert.equal(find(all, ['import']).found, 'family');
  assert.match(
    refusal(() => find(all, ['sned', 'x'])),
    /do you mean send\?/,
  );
  assert.match(
    refusal(() => find(all, ['frobnicate'])),
    /^there is no command “frobnicate” \(/,
  );
});

test('help is made from the command', () => {
  assert.equal(synopsis(send), 'parley send ROOM TEXT…');
  assert.equal(synopsis(ping), 'parley ping [WHAT]');
  const help = commandHelp(send);
  for (const part of [
    'Usage: parley send ROOM TEXT…',
    'Sends a message.',
    '--reply-to MESSAGE',
    '-l, --loud',
    '--server URL',
  ])
    assert.ok(help.includes(part), part);
});

test('every command is in the overview, has help, and speaks in sentences', () => {
  const text = overview(commands, '1.2.3');
  for (const each of commands) {
    assert.match(text, new RegExp(`^  ${each.name} `, 'm'));
    assert.match(each.about, /^[A-Z].*\.$/, each.name);
    for (const { name, about } of each.arguments) assert.match(`${name} ${about}`, /^[A-Z]+ .*\.$/, each.name);
    for (const { about } of Object.values(each.options)) assert.match(about, /\.$/, `${each.name}: ${about}`);
    const places = each.arguments.slice(0, -1);
    assert.ok(
      places.every(({ rest }) => !rest),
      `${each.name}: only the last argument takes the rest`,
    );
    assert.ok(commandHelp(each).length > 100);
  }
});

test('no two commands have one name, and no family is a command', () => {
  const names = commands.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) if (name.includes(' ')) assert.ok(!names.includes(name.split(' ')[0]!), name);
});

test('no option hides what every command takes', () => {
  for (const { name, options } of commands)
    for (const global of ['server', 'profile', 'json', 'timeout', 'help']) assert.ok(!(global in options), name);
});

test('bash completes commands, families and options', (context) => {
  if (spawnSync('bash', ['-c', 'true']).status !== 0) return context.skip('bash is missing');
  const script = completion('bash', [send, ping, ...family]);
  const complete = (words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const line = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _parley; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.trim().split(' ');
  };
  assert.deepEqual(complete(['parley', 'se']), ['send']);
  assert.deepEqual(complete(['parley', 'import', '']), ['irc', 'parley']);
  assert.deepEqual(complete(['parley', 'import', 'irc', '--ser']), ['--server']);
  assert.deepEqual(complete(['parley', 'send', 'x', '--re']), ['--reply-to']);
});

test('zsh and fish have scripts too, other shells are refused', () => {
  assert.match(completion('zsh', [send]), /^#compdef parley/);
  assert.match(completion('fish', [send, ...family]), /-a 'irc parley'/);
  assert.match(
    refusal(() => completion('cmd', [send])),
    /^there is no completion for “cmd”/,
  );
});
