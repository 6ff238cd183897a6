import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeLine, decodeLines, type ImportedLine, parseIrcLog } from './irc.ts';

const day = Date.parse('2005-02-08T00:00:00Z');
const minute = 60_000;

function parse(...lines: string[]): ImportedLine[] {
  return [...parseIrcLog('2005-02-08.train-a.raw.txt', lines)];
}

function form(...lines: string[]): Partial<ImportedLine> {
  const { clientId: _clientId, at: _at, ...rest } = parse(...lines).at(-1)!;
  return rest;
}

function times(...stamps: string[]): number[] {
  return parse(...stamps.map((stamp) => `[${stamp}] <a> x`)).map(({ at }) => (at - day) / minute);
}

test('reads a message with its nick, time and identity', () => {
  assert.deepEqual(parse('[09:14] <|QuaD-> totem: <xine>  is fine '), [
    {
      clientId: 'irc:2005-02-08.train-a:1',
      at: day + (9 * 60 + 14) * minute,
      nick: '|QuaD-',
      kind: 'message',
      text: 'totem: <xine>  is fine ',
    },
  ]);
});

test('reads a message without words and one addressed to the channel', () => {
  assert.deepEqual(form('[09:43] <drcode>'), { nick: 'drcode', kind: 'message', text: '' });
  assert.deepEqual(form('[01:09] (soundray/#ubuntu) thomas: hi'), {
    nick: 'soundray',
    kind: 'message',
    text: 'thomas: hi',
  });
});

test('takes the spaces out of nicks that the logger put there', () => {
  assert.equal(form('[06:03] <bur[n] er> hi').nick, 'bur[n]er');
  assert.equal(form('[07:15] <[optik] > hola').nick, '[optik]');
  assert.equal(form('[07:15] <Guard] [an> hola').nick, 'Guard][an');
});

test('reads both forms of an action', () => {
  assert.deepEqual(form('[16:30]  * [V13]Axel loves ChatZilla'), {
    nick: '[V13]Axel',
    kind: 'action',
    text: 'loves ChatZilla',
  });
  assert.deepEqual(form('[11:27]  * TheHawk'), { nick: 'TheHawk', kind: 'action', text: '' });
  assert.deepEqual(form('=== quitte stars to love ubuntu'), {
    nick: 'quitte',
    kind: 'action',
    text: 'stars to love ubuntu',
  });
  assert.deepEqual(form('=== zcat[1]  uses nvidia'), { nick: 'zcat[1]', kind: 'action', text: 'uses nvidia' });
});

test('finds the nick of an action that the logger tore apart, once it was seen', () => {
  assert.deepEqual(form('[06:03] <bur[n] er> hi', '=== bur[n] er uses wine'), {
    nick: 'bur[n]er',
    kind: 'action',
    text: 'uses wine',
  });
  assert.deepEqual(form('=== bur[n] er uses wine'), { nick: 'bur[n]', kind: 'action', text: 'er uses wine' });
});

test('does not take an action for a join, a departure or a new name', () => {
  for (const words of [
    'TSWoodV is away: he has joined #ubuntu',
    'reka has been spanked',
    'RabidWeezle giggles at this: aegis (0.1.1-1) [universe]',
    'ann says the cat is now known as the dog today',
    'michael__ reads the topic',
  ]) {
    assert.equal(form(`=== ${words}`).kind, 'action', words);
  }
});

test('reads who joined', () => {
  assert.deepEqual(form('=== L0sT [~waa3@raptor.ukc.ac.uk]  has joined #ubuntu'), {
    nick: 'L0sT',
    kind: 'join',
    text: '',
  });
  assert.equal(form('=== [cc] smart [n=[cc] smar@gw.example.net]  has joined #ubuntu').nick, '[cc]smart');
  assert.equal(form('=== Bnerd[TM]  [n=Bnerd[TM@modem.example.ca]  has joined #ubuntu').nick, 'Bnerd[TM]');
});

test('reads who left and why', () => {
  const left = (reason: string) => form(`=== Simira [rpGirl@m146i.studby.ntnu.no]  has left #Ubuntu ${reason}`);
  assert.deepEqual(left('[]'), { nick: 'Simira', kind: 'part', text: '' });
  assert.deepEqual(left('["Leaving"]'), { nick: 'Simira', kind: 'part', text: '', reason: 'Leaving' });
  assert.equal(left('["Leaving"] ').reason, 'Leaving');
  assert.equal(left('["Download]').reason, 'Download');
  assert.equal(form('=== [reed]  [n=reed@gnu/webmaster/reed]  has left #ubuntu [requested]').nick, '[reed]');
  assert.deepEqual(form('=== ann [~ann@example.org]  has quit ["bye"]'), {
    nick: 'ann',
    kind: 'quit',
    text: '',
    reason: 'bye',
  });
});

test('reads a kick as a departure', () => {
  assert.deepEqual(form('=== djpirate was kicked off #ubuntu by apokryphos (annoying)'), {
    nick: 'djpirate',
    kind: 'part',
    text: '',
    reason: 'kicked by apokryphos: annoying',
  });
});

test('reads new names', () => {
  assert.deepEqual(form('=== sid77 is now known as sid77_'), {
    nick: 'sid77',
    kind: 'nick',
    text: '',
    newNick: 'sid77_',
  });
  assert.equal(form('=== CreativeEmbassy is now known as Cre[a] tiveEmb[a] ').newNick, 'Cre[a]tiveEmb[a]');
  assert.equal(form('=== Cre[a] tiveEmb[a]  is now known as CreativeEmbassy').nick, 'Cre[a]tiveEmb[a]');
});

test('reads modes and topics', () => {
  assert.deepEqual(form('=== mode/#ubuntu [+o Amaranth]  by ChanServ'), {
    nick: 'ChanServ',
    kind: 'mode',
    text: '+o Amaranth',
  });
  assert.deepEqual(form('=== ..[topic/#ubuntu:Seveas] : Happy Dapper Day'), {
    nick: 'Seveas',
    kind: 'topic',
    text: 'Happy Dapper Day',
  });
  assert.deepEqual(form('=== rww changed the topic of #ubuntu to: Official | FAQ'), {
    nick: 'rww',
    kind: 'topic',
    text: 'Official | FAQ',
  });
  assert.deepEqual(form('=== Topic for #ubuntu: Official'), { nick: 'log', kind: 'topic', text: 'Official' });
});

test('reads a notice', () => {
  assert.deepEqual(form('[01:26] -yqitx:#ubuntu- some - words'), {
    nick: 'yqitx',
    kind: 'notice',
    text: 'some - words',
  });
});

test('keeps every line whose form it does not know', () => {
  for (const line of [
    '=== netjoined: irc.freenode.net -> kornbluth.freenode.net',
    '=== Starting logfile irclogs/ubuntu.log',
    '=== Topic (#ubuntu): set by Madpilot at Mon Dec  4 07:27:08 2006',
    '===',
    '=== lonely',
    'pasted text',
    '[99:99] <ann> hi',
    '[09:14] ?!',
    `=== ${' [x'.repeat(5_000)}`,
  ]) {
    assert.deepEqual(form(line), { nick: 'log', kind: 'other', text: line });
  }
});

test('counts empty lines without yielding them', () => {
  const ids = parse('[09:14] <a> x', '', '[09:15] <a> x\r').map(({ clientId, text }) => [clientId, text]);
  assert.deepEqual(ids, [
    ['irc:2005-02-08.train-a:1', 'x'],
    ['irc:2005-02-08.train-a:3', 'x'],
  ]);
});

test('takes a step from 12 to 1 for a 12-hour clock and any other step back for the next day', () => {
  assert.deepEqual(times('11:54', '12:59', '01:00', '01:01'), [714, 779, 780, 781]);
  assert.deepEqual(times('23:59', '00:00', '00:05'), [1439, 1440, 1445]);
  assert.deepEqual(times('11:55', '00:05'), [715, 1445]);
  assert.deepEqual(times('12:59', '01:00', '12:58', '01:02'), [779, 780, 1498, 1502]);
});

test('gives a line without a time the time of the line before, and the first lines the first time', () => {
  const at = parse('=== b [b@b]  has joined #u', '[09:14] <a> x', '=== c [c@c]  has joined #u', '[09:15] <a> x');
  assert.deepEqual(
    at.map((event) => (event.at - day) / minute),
    [554, 554, 554, 555],
  );
});

test('bounds how many first lines wait for a time', () => {
  const events = parse(...Array.from({ length: 150 }, () => '=== a waves'), '[09:14] <a> x');
  assert.equal(events.length, 151);
  assert.equal(events[149]!.at, day);
  assert.equal(parse('=== a waves')[0]!.at, day);
});

test('refuses a file name that gives no date or too long an identity', () => {
  for (const name of ['notes.txt', '2005-13-40.a.raw.txt', `2005-02-08.${'x'.repeat(60)}.txt`, '2005-02-08 a.txt']) {
    assert.throws(() => [...parseIrcLog(name, [])], RangeError, name);
  }
});

test('decodes a line that is not UTF-8 as Latin-1, alone', () => {
  assert.equal(decodeLine(Uint8Array.of(0xc3, 0xa9)), 'é');
  assert.equal(decodeLine(Uint8Array.of(0x63, 0xe9)), 'cé');
  assert.deepEqual([...decodeLines(Uint8Array.of(0x63, 0xe9, 0x0a, 0x0a, 0xc3, 0xa9))], ['cé', '', 'é']);
});

const corpus = fileURLToPath(new URL('../../../../../shared/data/irc/', import.meta.url));
const skip = existsSync(corpus) ? false : 'the IRC corpus (../shared/data/irc beside the repository) is absent';

test('reads every line of 153 days of a real channel, in order and each once', { skip }, () => {
  const kinds: Record<string, number> = {};
  const ids = new Set<string>();
  for (const fileName of readdirSync(corpus).filter((name) => name.endsWith('.raw.txt'))) {
    let before = 0;
    for (const { kind, at, clientId, nick } of parseIrcLog(fileName, decodeLines(readFileSync(corpus + fileName)))) {
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      ids.add(clientId);
      assert.ok(at >= before, clientId);
      assert.ok(clientId.length <= 64 && nick !== '' && !nick.includes(' '), clientId);
      before = at;
    }
  }
  assert.equal(ids.size, 220_463);
  assert.deepEqual(kinds, {
    message: 196_147,
    join: 15_855,
    nick: 4_428,
    part: 2_592,
    action: 1_109,
    mode: 268,
    notice: 47,
    topic: 11,
    other: 6,
  });
});
