import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Act, createRoom, takeChanges } from '@parley/room';
import type { Written } from './append.ts';
import { Committer, Moved } from './committer.ts';
import { createCrypto } from './crypto.ts';
import { identityFromSeed } from './identity.ts';
import { LoadedRoom } from './loaded-room.ts';
import { silentLog } from './log.ts';
import { type Database, DatabaseError, type Group } from './store/database.ts';

const identity = identityFromSeed(new Uint8Array(32).fill(3));
const crypto = createCrypto(identity);
const user = `${'b'.repeat(16)}.${identity.id}`;

/** A room with its first entry, as it would be appended. */
function room(n: number) {
  const data = { version: 1, network: 'test', clerk: identity.id, encryption: 'none', nonce: `${n}` };
  const act: Act = { room: null, user, device: '', clientId: 'c', kind: 'create', data, parts: [] };
  const { state, header, headerBytes } = createRoom(crypto, act, 1);
  const loaded = new LoadedRoom({ n, state, archive: false, alias: null, title: '', topic: '', nth: 0 });
  const written: Written = { header, headerBytes, parts: [], body: undefined, author: 1, mentioned: [] };
  return { loaded, append: (committer: Committer) => committer.append(loaded, before, [written], takeChanges(state)) };
}
const before = { term: 0, seq: 0, nth: 0 };

type Answer = (groups: readonly Group[]) => boolean[];

/** A committer over a disk that answers as it is told, and everything that it did. */
function make(answer: Answer) {
  const asked: number[] = [];
  const told: number[] = [];
  let run: (() => void) | undefined;
  const db: Database = {
    all: async () => [],
    run: async () => 0,
    close: async () => {},
    transaction: async (groups) => {
      asked.push(groups.length);
      return answer(groups);
    },
  };
  const committer = new Committer({
    db,
    log: silentLog,
    soon: (soon) => {
      run = soon;
    },
    committed: (loaded) => told.push(loaded.n),
  });
  return { committer, asked, told, turn: () => run?.() };
}

const outcome = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'stored',
    (error) => (error instanceof Moved ? 'moved' : error.code),
  );
const numberOf = ({ guard }: Group): unknown => guard?.args[0];
const everything: Answer = (groups) => groups.map(() => true);

describe('the committer', () => {
  it('stores what all rooms appended in one turn in one transaction, and tells of it', async () => {
    const { committer, asked, told, turn } = make(everything);
    const rooms = [room(1), room(2), room(3)];
    const outcomes = rooms.map(({ append }) => outcome(append(committer)));
    assert.deepEqual(asked, []);
    turn();
    assert.deepEqual(await Promise.all(outcomes), ['stored', 'stored', 'stored']);
    assert.deepEqual(asked, [3]);
    assert.deepEqual(told.sort(), [1, 2, 3]);
    assert.equal(rooms[0]!.loaded.committed.seq, 1);
  });

  it('drops a room whose head another node moved, and no other', async () => {
    const { committer, told, turn } = make((groups) => groups.map((group) => numberOf(group) !== 2));
    const rooms = [room(1), room(2), room(3)];
    const outcomes = rooms.map(({ append }) => outcome(append(committer)));
    turn();
    assert.deepEqual(await Promise.all(outcomes), ['stored', 'moved', 'stored']);
    assert.deepEqual(
      rooms.map(({ loaded }) => loaded.dropped),
      [false, true, false],
    );
    assert.deepEqual(told.sort(), [1, 3]);
    const late = outcome(rooms[1]!.append(committer));
    turn();
    assert.equal(await late, 'moved', 'a dropped room stores nothing more');
  });

  it('tries each room alone when the disk refuses one of them', async () => {
    const { committer, asked, told, turn } = make((groups) => {
      if (groups.some((group) => numberOf(group) === 2)) throw new DatabaseError('constraint', 'taken');
      return groups.map(() => true);
    });
    const outcomes = [room(1), room(2), room(3)].map(({ append }) => outcome(append(committer)));
    turn();
    assert.deepEqual(await Promise.all(outcomes), ['stored', 'unavailable', 'stored']);
    assert.deepEqual(asked, [3, 1, 1, 1]);
    assert.deepEqual(told.sort(), [1, 3]);
  });

  it('stores a room as it was after its entries, whatever was placed in it since', async () => {
    const heads: unknown[] = [];
    const { committer, turn } = make((groups) => {
      for (const { guard } of groups) heads.push(guard?.args.slice(3, 5));
      return groups.map(() => true);
    });
    const { loaded, append } = room(1);
    const { chain, head } = loaded.state;
    const stored = outcome(append(committer));
    loaded.state.head = { term: 1, seq: head.seq + 5 };
    loaded.state.chain = new Uint8Array(32).fill(9);
    turn();
    assert.equal(await stored, 'stored');
    assert.deepEqual(heads, [[head.seq, chain]]);
    assert.deepEqual(loaded.committed, head);
  });

  it('sends back a room that wants the name of another', async () => {
    const { committer, turn } = make((groups) => {
      if (groups.some((group) => numberOf(group) === 2)) throw new DatabaseError('constraint', 'taken');
      return groups.map(() => true);
    });
    const rooms = [room(1), room(2)];
    for (const { loaded } of rooms) loaded.alias = 'ops';
    const outcomes = rooms.map(({ append }) => outcome(append(committer)));
    turn();
    assert.deepEqual(await Promise.all(outcomes), ['stored', 'moved']);
    assert.equal(rooms[1]!.loaded.dropped, true);
  });

  it('fails all of a batch when the disk fails, and goes on with the next', async () => {
    let works = false;
    const { committer, turn } = make((groups) => {
      if (!works) throw new DatabaseError('io', 'broken');
      return groups.map(() => true);
    });
    const outcomes = [room(1), room(2)].map(({ append }) => outcome(append(committer)));
    turn();
    assert.deepEqual(await Promise.all(outcomes), ['unavailable', 'unavailable']);
    works = true;
    const next = outcome(room(3).append(committer));
    turn();
    assert.equal(await next, 'stored');
    await committer.idle();
  });

  it('acknowledges what is stored even when telling of it fails', async () => {
    const { turn, committer } = make(everything);
    const failing = new Committer({
      db: {
        all: async () => [],
        run: async () => 0,
        close: async () => {},
        transaction: async (g) => g.map(() => true),
      },
      log: silentLog,
      soon: (run) => run(),
      committed: () => {
        throw new Error('a listener failed');
      },
    });
    assert.equal(await outcome(room(1).append(failing)), 'stored');
    turn();
    await committer.idle();
  });
});
