import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refusal } from '@parley/protocol';
import { Moved } from './committer.ts';
import type { Draft } from './draft.ts';
import { Lane } from './lane.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { PlacedAct } from './run.ts';
import type { PersonRecord } from './store/user.ts';

const author: PersonRecord = {
  n: 1,
  id: 'ada',
  name: 'ada',
  display: null,
  kind: 'person',
  serverRole: 'user',
  password: null,
  createdAt: 0,
  erased: false,
};
const draft = (clientId: string): Draft => ({ author, device: '', clientId, kind: 'message' });

/** A room of which only this is asked. */
interface Reading {
  n: number;
  dropped: boolean;
}
const asRoom = (reading: Reading): LoadedRoom => reading as LoadedRoom;

/** A lane over a disk whose writes are settled by hand. */
function make({ load }: { load?: () => Promise<void> } = {}) {
  let room: Reading | undefined;
  let readings = 0;
  let ended = 0;
  const placed: string[] = [];
  const disk: { ids: string[]; reading: Reading; settle: PromiseWithResolvers<void> }[] = [];
  const lane = new Lane({
    peek: () => (room && !room.dropped ? asRoom(room) : undefined),
    load: async () => {
      await load?.();
      room = { n: ++readings, dropped: false };
      return asRoom(room);
    },
    place: async (on, drafts) => {
      const settle = Promise.withResolvers<void>();
      const ids = drafts.map(({ clientId }) => clientId);
      disk.push({ ids, reading: on, settle });
      placed.push(...ids.map((id) => `${on.n}:${id}`));
      return drafts.map(
        ({ clientId }): PlacedAct => ({
          outcome: { type: 'entry', term: 1, seq: placed.length, at: 0, again: clientId === 'again' },
          durable: settle.promise,
        }),
      );
    },
    soon: (run) => setImmediate(run),
    ended: () => {
      ended += 1;
    },
  });
  /** What the disk says to everything that waits. */
  const answer = async (how: 'stored' | 'moved'): Promise<void> => {
    await turn();
    const waiting = disk.splice(0);
    for (const { settle, reading } of waiting) {
      if (how === 'stored') settle.resolve();
      else {
        reading.dropped = true;
        settle.reject(new Moved());
      }
    }
    await turn();
  };
  return { lane, placed, answer, ended: () => ended };
}
const turn = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a room’s line', () => {
  it('places in order what came in order, and ends when all is on disk', async () => {
    const { lane, placed, answer, ended } = make();
    const outcomes = ['a', 'b', 'c'].map((id) => lane.submit([draft(id)]));
    await answer('stored');
    assert.equal((await Promise.all(outcomes)).length, 3);
    assert.deepEqual(placed, ['1:a', '1:b', '1:c']);
    assert.equal(ended(), 1);
  });

  it('places again in order what another node was before, and first of all', async () => {
    const { lane, placed, answer } = make();
    const outcomes = [lane.submit([draft('a')]), lane.submit([draft('b')])];
    await turn();
    outcomes.push(lane.submit([draft('c')]));
    await turn();
    outcomes.push(lane.submit([draft('d')]));
    await answer('moved');
    outcomes.push(lane.submit([draft('e')]));
    await answer('stored');
    await answer('stored');
    await Promise.all(outcomes);
    const last = new Map(placed.map((each) => each.split(':').toReversed() as [string, string]));
    assert.deepEqual([...last.keys()].sort(), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(
      placed.filter((each) => each.startsWith('2:')).map((each) => each.slice(2)),
      ['a', 'b', 'c', 'd', 'e'],
    );
  });

  it('gives up when it is always second', async () => {
    const { lane, answer } = make();
    const refused = lane.submit([draft('a')]).catch((error) => error);
    for (let i = 0; i < 40; i++) await answer('moved');
    assert.equal((await refused).code, 'unavailable');
  });

  it('refuses everything when the room cannot be read, and goes on when it can', async () => {
    let fails = true;
    const { lane, answer } = make({
      load: async () => {
        if (fails) throw new Refusal('not-found');
      },
    });
    const refused = await Promise.allSettled([lane.submit([draft('a')]), lane.run(async () => ({ value: 1 }))]);
    for (const each of refused) assert.equal(each.status === 'rejected' && each.reason.code, 'not-found');
    fails = false;
    const outcome = lane.submit([draft('b')]);
    await answer('stored');
    assert.equal((await outcome)[0]?.type, 'entry');
  });

  it('lets a task fail alone', async () => {
    const { lane, answer } = make();
    const first = lane.submit([draft('a')]);
    const broken = lane.run(async () => {
      throw new Error('broken');
    });
    const last = lane.submit([draft('b')]);
    const failed = broken.catch((error) => error.message);
    await answer('stored');
    await answer('stored');
    assert.equal(await failed, 'broken');
    assert.equal((await Promise.all([first, last])).length, 2);
  });
});
