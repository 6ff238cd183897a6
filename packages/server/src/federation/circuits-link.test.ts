/** A circuit through a real relay is a link: with all that is asked of one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxFrameBytes } from '@parley/link';
import { linkConformance } from '@parley/link/conformance';
import { bareCircuit, homeServer, moor, publicServer, relay } from './testing-circuits.ts';
import { TestNetwork } from './testing-network.ts';

const plenty = 1e12;
/** The clock stands still, so nothing may have to wait for a rate. */
const unlimited = {
  limits: { peerFramesPerSecond: plenty, peerBytesPerSecond: plenty },
  circuitLimits: { relayBytesPerSecond: plenty, relayBytesPerSecondOfServer: plenty },
};

linkConformance('circuit through a relay', {
  async pair(dialOptions = {}, listenOptions = dialOptions) {
    const network = new TestNetwork();
    const ada = await publicServer(network, 1, { ...unlimited, link: { maxFrameBytes, ...dialOptions } });
    const rhea = await relay(network, 2, unlimited);
    const nat = await homeServer(network, 3, { ...unlimited, link: { maxFrameBytes, ...listenOptions } });
    await moor(network, nat, rhea);
    await network.done(ada.peers.connect(rhea.url));
    const ends = await bareCircuit(network, ada, nat, rhea);
    return {
      ...ends,
      async close() {
        ends.dialled.close('lost');
        ends.accepted.close('lost');
        await network.settled();
        assert.equal(rhea.circuits.relayed.circuits, 0, 'the relay has forgotten it');
        await network[Symbol.asyncDispose]();
      },
    };
  },
  cannot: { heartbeat: 'the links that carry a circuit have heartbeats of their own' },
});

test('a circuit keeps a relay no longer than its ends do', async () => {
  await using network = new TestNetwork();
  const [ada, rhea, nat] = [await publicServer(network, 1), await relay(network, 2), await homeServer(network, 3)];
  await moor(network, nat, rhea);
  await network.done(ada.peers.connect(rhea.url));
  const { dialled, accepted } = await bareCircuit(network, ada, nat, rhea);
  assert.deepEqual(dialled.peer, { address: rhea.id, transport: 'circuit', secure: false });
  assert.deepEqual(rhea.circuits.relayed, { servers: 1, circuits: 1 });
  dialled.close('done');
  await network.settled();
  assert.equal(await accepted.closed, 'done');
  assert.deepEqual(rhea.circuits.relayed, { servers: 1, circuits: 0 });
});
