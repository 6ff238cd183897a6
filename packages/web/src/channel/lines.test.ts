import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelGap, ChannelLine, ChannelSaid } from '@parley/client';
import { gapWords, itemsOf, reachWords } from './lines.ts';

const said = (key: string, name: string, at: number, more: Partial<ChannelSaid> = {}): ChannelSaid => {
  const fixed = { type: 'said', user: name, server: undefined, text: key, action: false, mine: false } as const;
  return { ...fixed, key, name, at, state: 'sent', code: undefined, ...more };
};
const gap = (key: string, more: Partial<ChannelGap> = {}): ChannelGap => {
  return { type: 'gap', key, at: 0, missed: undefined, from: undefined, ...more };
};
const minute = 60_000;

test('words of one person stand together, up to a pause, another name, a deed and a gap', () => {
  const lines: ChannelLine[] = [
    said('a', 'ada', 0),
    said('b', 'ada', minute),
    said('c', 'bob', minute),
    said('d', 'bob', 7 * minute),
    said('e', 'bob', 7 * minute, { action: true }),
    gap('f'),
    said('g', 'bob', 7 * minute),
    said('h', 'bob', 7 * minute, { name: 'Robert' }),
  ];
  const heads = itemsOf(lines).flatMap((item) => (item.type === 'said' && item.head ? [item.key] : []));
  assert.deepEqual(heads, ['a', 'c', 'd', 'e', 'g', 'h']);
});

test('a gap says whose words are missing, as far as that is known', () => {
  const labelOf = (_user: string, told: string | undefined) => told;
  const from = { user: 'ada', name: 'ada', server: 'kanto.example' };
  assert.equal(
    gapWords(gap('a', { missed: 1, from }), labelOf),
    '1 message of ada:kanto.example did not arrive, and will not.',
  );
  assert.match(
    gapWords(gap('a', { missed: 3, from: { ...from, server: undefined } }), labelOf),
    /^3 messages of ada did/,
  );
  assert.match(gapWords(gap('a'), labelOf), /^The connection was lost/);
});

test('who hears is said truly', () => {
  assert.equal(reachWords(1, []), 'Nobody else listens now');
  assert.equal(reachWords(3, []), '3 listen on this server, nobody on others');
  assert.equal(reachWords(1, ['kanto.example']), 'Only you listen on this server, others on kanto.example');
  assert.equal(reachWords(2, ['a', 'b']), '2 listen on this server, others on a and b');
  assert.equal(reachWords(2, ['a', 'b', 'c']), '2 listen on this server, others on a and 2 more');
});
