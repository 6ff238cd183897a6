import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogLine } from '@parley/protocol';
import { type Checkpoint, decodeHeader, encodeHeader, nextChain, signCheckpoint, zeroHash } from '@parley/room';
import { createCrypto } from '../crypto.ts';
import { identityFromSeed } from '../identity.ts';
import { openStore } from '../store/store.ts';
import { linesOf } from './lines.ts';
import { findTail, type LostTailOptions, pagesOf, type TailRoom } from './lost-tail.ts';
import { TestHomes } from './testing-homes.ts';

const cryptoOf = (seed: number) => createCrypto(identityFromSeed(new Uint8Array(32).fill(seed)));

/** A log of which its clerk has the first three entries, and another server all that are `held`. */
async function scene(homes: TestHomes, held = 1) {
  const one = await homes.home(1);
  const ada = await one.server.account('ada');
  const id = await ada.createRoom('ops');
  for (let i = 0; i < 9; i++)
    await ada.request('message.send', { room: id, clientId: `m${i}`, body: { text: `${i}` } });
  const store = openStore(one.db);
  const { n, head } = (await store.room.byId(id))!;
  const records = await store.entry.forwards(n, { from: 1, to: head.seq }, 100, false);
  const lines = await linesOf(store, n, records, 1_000_000);
  const crypto = cryptoOf(1);
  const chains: Uint8Array[] = [zeroHash];
  for (const { header } of lines) chains.push(nextChain(crypto, chains.at(-1)!, header));
  const stateHash = zeroHash;
  const room: TailRoom = { id, n, state: { network: 'test' } };
  const other = {
    lines,
    checkpoint: signCheckpoint(crypto, 'test', id, head, chains.at(-1)!, stateHash) as Checkpoint | null,
    asked: 0,
  };
  const options: LostTailOptions = {
    store,
    chains: { before: async (_room, seq) => chains[seq - 1]! },
    crypto,
    id: one.id,
    ask: async (_server, { base, after }) => {
      other.asked += 1;
      const first = Math.max((after ?? base.seq) + 1, held);
      const page: LogLine[] = other.lines.slice(first - 1, first + 3);
      const before = first === held ? chains[held - 1]! : null;
      const more = first + 3 < other.lines.length;
      return { before, lines: page, people: [], checkpoint: other.checkpoint, more };
    },
  };
  const found = () => findTail(options, room, 'other', { term: 1, seq: 3 });
  const read = async (): Promise<number> => {
    const tail = await found();
    let count = 0;
    if (tail) for await (const page of pagesOf(options, id, tail)) count += page.lines.length;
    return count;
  };
  return { id, options, other, chains, found, read };
}

/** Another header, as if its clerk had written something else. */
function changed({ header, parts }: LogLine): LogLine {
  const read = decodeHeader(header);
  return { header: encodeHeader({ ...read, at: read.at + 1 }), parts };
}

describe('the end of a log that its clerk lost', () => {
  it('is believed where it leads to what the clerk signed', async () => {
    await using homes = new TestHomes();
    const { found, read, chains } = await scene(homes);
    const tail = await found();
    assert.deepEqual(tail?.shared, { term: 1, seq: 3 });
    assert.deepEqual(tail?.chain, chains[3]);
    assert.equal(await read(), 7);
  });

  it('is not believed without the clerk’s own word, or with that of another', async () => {
    await using homes = new TestHomes();
    const { id, found, other, chains } = await scene(homes);
    const { pos, stateHash } = other.checkpoint!;
    other.checkpoint = null;
    assert.equal(await found(), undefined);
    other.checkpoint = signCheckpoint(cryptoOf(2), 'test', id, pos, chains.at(-1)!, stateHash);
    assert.equal(await found(), undefined);
    other.checkpoint = signCheckpoint(cryptoOf(1), 'another', id, pos, chains.at(-1)!, stateHash);
    assert.equal(await found(), undefined);
    other.checkpoint = signCheckpoint(cryptoOf(1), 'test', id, { term: 1, seq: 3 }, chains[4]!, stateHash);
    assert.equal(await found(), undefined);
    // What it signed before shows up to where both are the same.
    other.checkpoint = signCheckpoint(cryptoOf(1), 'test', id, { term: 1, seq: 3 }, chains[3]!, stateHash);
    const tail = await found();
    assert.deepEqual([tail?.shared, tail?.pages], [{ term: 1, seq: 3 }, []]);
  });

  it('is not believed where one entry is another, or is changed before it is read again', async () => {
    await using homes = new TestHomes();
    const { options, found, other, id } = await scene(homes);
    const { lines } = other;
    const tail = await found();
    other.lines = lines.map((line, i) => (i === 8 ? changed(line) : line));
    assert.equal(await found(), undefined);
    const read: number[] = [];
    for await (const page of pagesOf(options, id, tail!)) read.push(page.lines.length);
    assert.deepEqual(read, [4]);
  });

  it('is looked for further back where the clerk has appended something else meanwhile', async () => {
    await using homes = new TestHomes();
    const { found, chains, read } = await scene(homes);
    for (const seq of [2, 3]) chains[seq] = zeroHash;
    const tail = await found();
    assert.deepEqual(tail?.shared, { term: 0, seq: 0 });
    assert.equal(await read(), 10);
  });

  it('is proven by itself where the other server came later', async () => {
    await using homes = new TestHomes();
    const { found, read } = await scene(homes, 6);
    const tail = await found();
    assert.equal(tail?.chain, undefined);
    assert.equal(await read(), 5);
  });
});
