// What a Bus is, as tests; every adapter runs them. For tests only.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerEvent } from '@parley/protocol';
import type { Bus } from './bus.ts';

export interface BusPlace {
  /** A node's connection to the same bus. */
  open(): Promise<Bus>;
  /** Resolves when everything that was published has arrived. */
  settled(): Promise<void>;
  remove(): Promise<void>;
}

export interface BusConformanceOptions {
  create(): Promise<BusPlace>;
  /** Why a second node cannot be had, if so. */
  alone?: string;
}

const typing = (user: string): ServerEvent => ({
  event: 'typing.changed',
  payload: { room: 'a', user, name: 'ada', typing: true, expiresMs: 6_000 },
});

export function busConformance(name: string, { create, alone }: BusConformanceOptions): void {
  const using = (run: (place: BusPlace, ...nodes: Bus[]) => Promise<void>, count = 1) => {
    return async () => {
      const place = await create();
      const nodes: Bus[] = [];
      for (let i = 0; i < count; i++) nodes.push(await place.open());
      try {
        await run(place, ...nodes);
      } finally {
        await Promise.all(nodes.map((node) => node.close()));
        await place.remove();
      }
    };
  };

  describe(`${name} as a bus`, () => {
    it(
      'gives every subscriber of a topic each event once, in order, and nobody else',
      using(async (place, bus) => {
        const heard: string[] = [];
        bus!.subscribe('room', ({ room, events }) => heard.push(`1 ${room} ${events.length}`));
        bus!.subscribe('room', ({ room }) => heard.push(`2 ${room}`));
        bus!.subscribe('account', () => heard.push('another topic'));
        bus!.publish('room', { room: 'a', events: [typing('x'), typing('y')] });
        bus!.publish('room', { room: 'b', events: [] });
        await place.settled();
        assert.deepEqual(
          heard.filter((each) => each.startsWith('1')),
          ['1 a 2', '1 b 0'],
        );
        assert.deepEqual(
          heard.filter((each) => each.startsWith('2')),
          ['2 a', '2 b'],
        );
        assert.equal(heard.length, 4);
      }),
    );

    it(
      'gives events as they were, bytes and all',
      using(async (place, bus) => {
        const heard: unknown[] = [];
        bus!.subscribe('account', (told) => heard.push(told));
        bus!.subscribe('end', (told) => heard.push(told));
        const account = { user: 'u', events: [typing('x')], except: 'c' };
        const end = { user: 'u', sessions: 'all', connection: 'c' } as const;
        bus!.publish('account', account);
        bus!.publish('end', end);
        await place.settled();
        assert.deepEqual(heard, [account, end]);
      }),
    );

    it(
      'stops where a subscription ends, also within a listener',
      using(async (place, bus) => {
        const heard: number[] = [];
        const stop = bus!.subscribe('room', () => {
          heard.push(1);
          stop();
        });
        bus!.subscribe('room', () => heard.push(2));
        bus!.publish('room', { room: 'a', events: [] });
        bus!.publish('room', { room: 'a', events: [] });
        await place.settled();
        assert.deepEqual(heard.sort(), [1, 2, 2]);
      }),
    );

    it(
      'is silent once it is closed',
      using(async (place, bus) => {
        let heard = 0;
        bus!.subscribe('room', () => {
          heard += 1;
        });
        await bus!.close();
        bus!.publish('room', { room: 'a', events: [] });
        await place.settled();
        await bus!.close();
        assert.equal(heard, 0);
      }),
    );

    it('carries what one node says to all, in its order', { skip: alone ?? false }, (context) =>
      using(async (place, one, two) => {
        const heard: string[] = [];
        two!.subscribe('room', ({ room }) => heard.push(room));
        for (const room of ['a', 'b', 'c']) one!.publish('room', { room, events: [] });
        await place.settled();
        assert.deepEqual(heard, ['a', 'b', 'c'], context.name);
      }, 2)(),
    );
  });
}
