import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer } from 'dns-packet';
import { createVirtualRuntime } from '../../runtime-virtual.ts';
import { idOf } from '../testing-network.ts';
import type { ResourceRecord } from './message.ts';
import { idIn, inOrder, isDnsName, keysIn, type Target, targetsIn, textOf } from './records.ts';
import { recordsOf } from './testing-resolver.ts';

const of = recordsOf('_parley.example.org', 300);
const [ada, bob] = [idOf(1), idOf(2)];
const read = (...answers: Answer[]) => idIn(answers as ResourceRecord[]);

test('a name in DNS is a host name in lower case, of several labels', () => {
  for (const name of ['chat.example.org', 'a.b', 'xn--bcher-kva.example', '1.example'])
    assert.ok(isDnsName(name), name);
  const long = `${'a.'.repeat(120)}aa`;
  for (const name of ['localhost', '127.0.0.1', 'Chat.example.org', 'a..b', '-a.b', 'a_b.c', 'a.b.', '.a.b', '', long])
    assert.ok(!isDnsName(name), name);
});

describe('the TXT record', () => {
  test('names the id of a server', () => {
    assert.deepEqual(read(of.txt(textOf(ada))), { id: ada });
    assert.deepEqual(read(of.txt('v=spf1 -all'), of.txt(textOf(ada)), of.txt('v=parley10; id=x')), { id: ada });
  });

  test('may come in pieces', () => {
    assert.deepEqual(read(of.txt('v=parley1; ', `id=${ada}`)), { id: ada });
  });

  test('is the only one of its kind, even where two say the same', () => {
    assert.deepEqual(read(of.txt(textOf(ada)), of.txt(textOf(bob))), { problem: 'several' });
    assert.deepEqual(read(of.txt(textOf(ada)), of.txt(textOf(ada))), { problem: 'several' });
    assert.deepEqual(read(of.txt(textOf(ada)), of.txt('v=parley1')), { problem: 'several' });
  });

  test('is taken in one spelling only', () => {
    const wrong = [
      'v=parley1',
      'v=parley1;',
      `v=parley1;id=${ada}`,
      `v=parley1; id=${ada};`,
      `v=parley1; id=${ada} `,
      `v=parley1; id=${ada.toUpperCase()}`,
      `v=parley1; id=${ada.slice(1)}`,
      `v=parley1; id=${ada}; id=${bob}`,
      `v=parley1; id=${ada}\n`,
    ];
    for (const text of wrong) assert.deepEqual(read(of.txt(text)), { problem: 'malformed' }, text);
    for (const text of ['', 'V=parley1; id=x', `id=${ada}; v=parley1`, 'x'.repeat(300).slice(0, 255)])
      assert.deepEqual(read(of.txt(text)), { problem: 'none' }, text);
  });
});

describe('SRV records', () => {
  const targets = (...answers: Answer[]) =>
    targetsIn(answers as ResourceRecord[]).map(({ host, port }) => `${host}:${port}`);

  test('name hosts and ports, of which the first few count, by priority', () => {
    assert.deepEqual(targets(of.srv(20, 0, 1, 'B.example.org'), of.srv(10, 0, 2, 'a.example.org')), [
      'a.example.org:2',
      'b.example.org:1',
    ]);
    assert.equal(targets(...Array.from({ length: 30 }, (_, i) => of.srv(i, 0, i + 1, 'a.example.org'))).length, 8);
  });

  test('of the root, of no host name or of port 0 are none', () => {
    assert.deepEqual(targets(of.srv(0, 0, 1, '.'), of.srv(0, 0, 1, 'a/b.example'), of.srv(0, 0, 0, 'a.example')), []);
    assert.deepEqual(targets(of.srv(0, 0, 1, '10.0.0.1'), of.srv(0, 0, 1, 'user@a.example')), []);
  });

  test('are tried by priority, and within one by weight', () => {
    const target = (host: string, priority: number, weight: number): Target => ({ host, port: 1, priority, weight });
    const all = [target('last', 20, 9), target('heavy', 10, 90), target('light', 10, 10), target('never', 10, 0)];
    const { random } = createVirtualRuntime(5);
    const first: Record<string, number> = {};
    for (let i = 0; i < 2_000; i++) {
      const order = inOrder(all, random).map(({ host }) => host);
      assert.deepEqual(order.toSorted(), ['heavy', 'last', 'light', 'never']);
      assert.equal(order[3], 'last');
      first[order[0]!] = (first[order[0]!] ?? 0) + 1;
    }
    const { heavy = 0, light = 0, never = 0 } = first;
    assert.ok(heavy > 1_700 && light > 120 && light < 300 && never > 0 && never < 60, JSON.stringify(first));
    assert.deepEqual(inOrder([], random), []);
  });
});

test('TLSA records of the kind 3 1 1 name keys, others nothing', () => {
  const hash = 'ab'.repeat(32);
  const keys = (...answers: Answer[]) => keysIn(answers as ResourceRecord[]);
  assert.deepEqual(keys(of.tlsa(3, 1, 1, hash)), [hash]);
  assert.deepEqual(keys(of.tlsa(2, 1, 1, hash), of.tlsa(3, 0, 1, hash), of.tlsa(3, 1, 2, hash)), []);
  assert.deepEqual(keys(of.tlsa(3, 1, 1, hash.slice(2))), []);
  assert.equal(keys(...Array.from({ length: 30 }, () => of.tlsa(3, 1, 1, hash))).length, 8);
});
