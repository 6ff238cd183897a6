import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { homeServer, meet, moor, publicServer, relay } from './testing-circuits.ts';
import { say, whenTold } from './testing-exchange.ts';
import { TestNetwork, viewOf } from './testing-network.ts';

describe('a server that nobody can dial', () => {
  test('is reached through a relay, and linked as any other', async () => {
    await using network = new TestNetwork();
    const [ada, rhea, nat] = [await publicServer(network, 1), await relay(network, 2), await homeServer(network, 3)];
    assert.equal(await moor(network, nat, rhea), rhea.url);
    assert.equal(await meet(network, ada, nat, rhea), undefined);
    const [out, into] = [viewOf(ada, nat), viewOf(nat, ada)];
    assert.deepEqual([out?.state, out?.direction, out?.relay], ['connected', 'out', rhea.id]);
    assert.deepEqual([into?.state, into?.direction, into?.relay], ['connected', 'in', rhea.id]);
    assert.equal(viewOf(ada, rhea)?.relay, undefined);
    const told: string[] = [];
    for (const end of [ada, nat]) whenTold(end, (label, from) => void told.push(`${label} ${from === ada.id}`));
    say(ada, nat, 'hello', 500_000, { priority: 'bulk' });
    say(nat, ada, 'good day', 10, { priority: 'control' });
    await network.advance(1_000, 100);
    assert.deepEqual(told.toSorted(), ['good day false', 'hello true']);
  });
});
