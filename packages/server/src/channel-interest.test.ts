import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { channelHops, channelLimits, type FramePayload } from '@parley/protocol';
import fc from 'fast-check';
import { Gossip } from './channel-gossip.ts';
import { Interest } from './channel-interest.ts';
import { Order } from './channel-order.ts';
import { Seen } from './channel-seen.ts';
import { createVirtualRuntime } from './runtime-virtual.ts';

const at = (id: string, hops: number) => [{ id, hops }];

describe('interest', () => {
  it('knows the nearest servers, and whom to tell of them', () => {
    const interest = new Interest('me');
    interest.set('a', 'lobby', [...at('a', 0), ...at('far', 3)]);
    interest.set('b', 'lobby', [...at('far', 1), ...at('me', 2)]);
    assert.deepEqual(interest.targets('lobby'), [...at('a', 1), ...at('far', 2)]);
    const told = interest.forLinks('lobby');
    assert.deepEqual(told('a'), at('far', 2), 'not itself');
    assert.deepEqual(told('b'), [...at('a', 1), ...at('far', 4)], 'not what lies behind it');
    assert.deepEqual(told('c'), [...at('a', 1), ...at('far', 2)]);
  });

  it('names the links for words of a server, as far as the hops that are left reach', () => {
    const interest = new Interest('me');
    interest.set('a', 'lobby', at('a', 0));
    interest.set('b', 'lobby', at('far', 4));
    interest.set('c', 'lobby', at('a', 1));
    assert.deepEqual(interest.links('lobby', 'x', 8), ['a', 'b', 'c']);
    assert.deepEqual(interest.links('lobby', 'x', 4), ['a', 'c']);
    assert.deepEqual(interest.links('lobby', 'a', 8), ['b'], 'nothing goes back to who said it');
  });

  it('forgets what a lost link wanted, and holds no more than a link may want', () => {
    const interest = new Interest('me', 2);
    assert.deepEqual(
      ['one', 'two', 'three'].map((name) => interest.set('a', name, at('a', 0))),
      [true, true, false],
    );
    assert.ok(interest.set('a', 'one', []));
    assert.ok(interest.set('a', 'three', at('a', 0)));
    assert.ok(interest.set('a', 'four', at('me', 1)), 'what leads back here takes no place');
    assert.deepEqual(interest.drop('a').toSorted(), ['three', 'two']);
    assert.deepEqual([...interest.channels()], []);
  });

  it('passes over what is too far away', () => {
    const interest = new Interest('me');
    interest.set('a', 'lobby', at('far', channelHops - 1));
    assert.deepEqual(interest.targets('lobby'), at('far', channelHops));
    assert.deepEqual(interest.forLinks('lobby')('b'), []);
  });
});

/** Servers that tell each other, over lines that deliver when asked to. */
class Net {
  readonly clock = createVirtualRuntime(1);
  readonly nodes: { interest: Interest; gossip: Gossip; here: Set<string> }[] = [];
  readonly #onWay: (() => void)[] = [];

  constructor(count: number) {
    for (let i = 0; i < count; i++) {
      const interest = new Interest(`${i}`);
      const here = new Set<string>();
      const send = (to: string, payload: FramePayload<'interest'>): boolean => {
        this.#onWay.push(() => this.take(Number(to), `${i}`, payload));
        return true;
      };
      this.nodes.push({
        interest,
        here,
        gossip: new Gossip({ runtime: this.clock, interest, id: `${i}`, here, send }),
      });
    }
  }

  link(a: number, b: number): void {
    this.nodes[a]!.gossip.linked(`${b}`);
    this.nodes[b]!.gossip.linked(`${a}`);
  }

  unlink(a: number, b: number): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const { gossip, interest } = this.nodes[from]!;
      gossip.lost(`${to}`);
      for (const channel of interest.drop(`${to}`)) gossip.changed(channel);
    }
  }

  listen(node: number, isOn: boolean): void {
    const { here, gossip } = this.nodes[node]!;
    if (isOn) here.add('lobby');
    else here.delete('lobby');
    gossip.changed('lobby');
  }

  take(to: number, from: string, { channels }: FramePayload<'interest'>): void {
    const { interest, gossip } = this.nodes[to]!;
    for (const { name, servers } of channels) {
      interest.set(from, name, servers);
      gossip.changed(name);
    }
  }

  settle(): void {
    for (let i = 0; i < 10 * channelHops; i++) {
      this.clock.advance(100);
      for (const deliver of this.#onWay.splice(0)) deliver();
    }
  }
}

describe('gossip about interest', () => {
  it('leads every server to a listener within reach, and none to a place where there is none', () => {
    const nodes = 6;
    const pair = fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)).filter(([a, b]) => a < b);
    const deed = fc.oneof(
      fc.record({ do: fc.constant('link' as const), pair }),
      fc.record({ do: fc.constant('unlink' as const), pair }),
      fc.record({ do: fc.constant('listen' as const), node: fc.nat(nodes - 1), isOn: fc.boolean() }),
      fc.record({ do: fc.constant('settle' as const) }),
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
        const net = new Net(nodes);
        const links = new Set<string>();
        for (const each of deeds) {
          if (each.do === 'settle') net.settle();
          else if (each.do === 'listen') net.listen(each.node, each.isOn);
          else if ((each.do === 'link') !== links.has(`${each.pair}`)) {
            if (each.do === 'unlink') net.settle();
            net[each.do](...each.pair);
            links[each.do === 'link' ? 'add' : 'delete'](`${each.pair}`);
          }
        }
        net.settle();
        for (const [from, { interest }] of net.nodes.entries()) {
          const expected = distances(nodes, links, from);
          const listening = [...net.nodes.keys()].filter((to) => to !== from && net.nodes[to]!.here.has('lobby'));
          const reachable = listening.filter((to) => expected[to] !== undefined);
          const targets = interest.targets('lobby');
          for (const { id, hops } of targets) {
            assert.ok(reachable.includes(Number(id)), `${from} believes in ${id}`);
            assert.ok(hops >= expected[Number(id)]!);
          }
          const near = Math.min(...reachable.map((to) => expected[to]!));
          if (reachable.length > 0) assert.equal(targets[0]?.hops, near);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('says again what found no room, when there is some', () => {
    const clock = createVirtualRuntime(1);
    const interest = new Interest('me');
    const here = new Set(['lobby']);
    let isOpen = false;
    const told: string[] = [];
    const send = (_link: string, { channels }: FramePayload<'interest'>): boolean => {
      if (isOpen) told.push(...channels.map(({ name }) => name));
      return isOpen;
    };
    const gossip = new Gossip({ runtime: clock, interest, id: 'me', here, send });
    gossip.linked('a');
    clock.advance(1_000);
    isOpen = true;
    gossip.room('a');
    clock.advance(1_000);
    assert.deepEqual(told, ['lobby']);
  });

  it('tells no more at a time than a frame holds, ten times a second, and each change once', () => {
    const clock = createVirtualRuntime(1);
    const here = new Set(Array.from({ length: 600 }, (_, i) => `c${i}`));
    const told: number[] = [];
    const send = (_link: string, { channels }: FramePayload<'interest'>): boolean => {
      told.push(channels.length);
      return true;
    };
    const gossip = new Gossip({ runtime: clock, interest: new Interest('me'), id: 'me', here, send });
    gossip.linked('a');
    clock.advance(0);
    assert.deepEqual(told, [channelLimits.interestPerFrame]);
    for (let i = 0; i < 100; i++) gossip.changed('c1');
    clock.advance(10_000);
    assert.deepEqual(told, [256, 256, 88]);
  });
});

/** Links from one server to each other one; undefined where there is no way. */
function distances(nodes: number, links: ReadonlySet<string>, from: number): (number | undefined)[] {
  const found: (number | undefined)[] = Array(nodes).fill(undefined);
  found[from] = 0;
  for (let queue = [from]; queue.length > 0; ) {
    const node = queue.shift()!;
    for (let to = 0; to < nodes; to++)
      if (found[to] === undefined && links.has(`${[Math.min(node, to), Math.max(node, to)]}`)) {
        found[to] = found[node]! + 1;
        queue = [...queue, to];
      }
  }
  return found;
}

describe('what came by', () => {
  it('is known again for a time, up to a number', () => {
    const clock = createVirtualRuntime(1);
    const seen = new Seen({ most: 3, forMs: 1_000, runtime: clock });
    for (const id of ['a', 'b', 'c', 'd']) seen.add(id);
    assert.deepEqual(
      ['a', 'b', 'd'].map((id) => seen.has(id)),
      [false, true, true],
    );
    clock.advance(1_000);
    assert.equal(seen.has('d'), false);
    seen.add('e');
    assert.equal(seen.size, 1);
  });

  it('is taken in the order of its numbers, each once, and a former run never again', () => {
    const order = new Order(10);
    const take = (run: string, seq: number, user = 'ada') => order.take('lobby', { user, run, seq });
    assert.deepEqual([take('x', 5), take('x', 5), take('x', 4), take('x', 9)], [true, false, false, true]);
    assert.deepEqual([take('y', 1), take('x', 10), take('y', 2), take('z', 1)], [true, false, true, true]);
    assert.deepEqual([take('x', 11), take('y', 3)], [false, false]);
    assert.ok(take('x', 1, 'bob'));
    assert.ok(order.take('other', { user: 'ada', run: 'x', seq: 1 }));
    for (let i = 0; i < 20; i++) take('x', 1, `${i}`);
    assert.equal(order.size, 10);
  });
});
