import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVirtualRuntime, type VirtualRuntime } from '../../runtime-virtual.ts';
import { idOf } from '../testing-network.ts';
import { NameLookup, type NameRecords } from './lookup.ts';
import { textOf } from './records.ts';
import { Resolver } from './resolver.ts';
import { answeringFrom, recordsOf, type TestRecords, type TestResolver, testResolver } from './testing-resolver.ts';

const name = 'chat.example.org';
const [ada, bob] = [idOf(1), idOf(2)];
const hash = 'cd'.repeat(32);
const txt = recordsOf(`_parley.${name}`, 3_600).txt(textOf(ada));
const srv = recordsOf(`_parley._tcp.${name}`, 600);
const tlsa = recordsOf(`_443._tcp.${name}`, 1_800).tlsa(3, 1, 1, hash);

const signed: TestRecords = {
  [`_parley.${name} TXT`]: { answers: [txt], isValidated: true },
  [`_parley._tcp.${name} SRV`]: { answers: [srv.srv(10, 5, 443, name)], isValidated: true },
  [`_443._tcp.${name} TLSA`]: { answers: [tlsa], isValidated: true },
};

async function withLookup(
  records: TestRecords,
  use: (lookup: NameLookup, server: TestResolver, clock: VirtualRuntime) => Promise<void>,
): Promise<void> {
  await using server = await testResolver(answeringFrom(records));
  const clock = createVirtualRuntime(3);
  const resolver = new Resolver({ address: server.address, isTrusted: true, runtime: clock });
  const lookup = new NameLookup({ resolver, runtime: clock });
  try {
    await use(lookup, server, clock);
  } finally {
    lookup.close();
  }
}

const finds = (records: TestRecords, expected: Partial<NameRecords>) =>
  withLookup(records, async (lookup) => {
    const found = await lookup.lookup(name);
    assert.deepEqual(found, { addresses: [], ...expected });
  });

const address = { host: name, port: 443, priority: 10, weight: 5 };

describe('a name', () => {
  test('whose records the resolver vouches for has an id, addresses and keys of certificates', () =>
    finds(signed, { outcome: 'validated', id: ada, addresses: [{ ...address, tlsa: [hash] }], ttlMs: 600_000 }));

  test('of an unsigned zone has an id and addresses that nobody vouches for, and no keys', async () => {
    const unsigned = Object.fromEntries(
      Object.entries(signed).map(([key, value]) => [key, { ...value, isValidated: false }]),
    );
    await finds(unsigned, { outcome: 'unsigned', id: ada, addresses: [{ ...address, tlsa: [] }], ttlMs: 600_000 });
  });

  test('of which either record is bogus is bogus', async () => {
    for (const key of [`_parley.${name} TXT`, `_parley._tcp.${name} SRV`])
      await finds({ ...signed, [key]: { rcode: 2, extendedError: 6 } }, { outcome: 'bogus', ttlMs: 60_000 });
  });

  test('without records has none, as long as the zone says', async () => {
    await finds({}, { outcome: 'none', ttlMs: 60_000 });
    const authorities = [recordsOf('example.org', 900).soa(700)];
    await finds({ [`_parley.${name} TXT`]: { rcode: 3, authorities } }, { outcome: 'none', ttlMs: 700_000 });
  });

  test('with two ids, or an id that is none, has none, and it is said why', async () => {
    const other = recordsOf(`_parley.${name}`, 3_600).txt(textOf(bob));
    const key = `_parley.${name} TXT`;
    await finds(
      { ...signed, [key]: { answers: [txt, other], isValidated: true } },
      { outcome: 'none', problem: 'several', ttlMs: 3_600_000 },
    );
    const bad = recordsOf(`_parley.${name}`, 3_600).txt('v=parley1; id=me');
    await finds(
      { ...signed, [key]: { answers: [bad], isValidated: true } },
      { outcome: 'none', problem: 'malformed', ttlMs: 3_600_000 },
    );
  });

  test('with an id and no address is still proven', () =>
    finds({ ...signed, [`_parley._tcp.${name} SRV`]: { rcode: 3 } }, { outcome: 'validated', id: ada, ttlMs: 60_000 }));

  test('loses an address whose key is bogus, and the key that nobody vouches for', async () => {
    const key = `_443._tcp.${name} TLSA`;
    await finds({ ...signed, [key]: { rcode: 2, extendedError: 6 } }, { outcome: 'validated', id: ada, ttlMs: 60_000 });
    await finds(
      { ...signed, [key]: { answers: [tlsa] } },
      { outcome: 'validated', id: ada, addresses: [{ ...address, tlsa: [] }], ttlMs: 600_000 },
    );
  });

  test('that cannot be in DNS is not asked for', () =>
    withLookup(signed, async (lookup, server) => {
      for (const wrong of ['localhost', '127.0.0.1', 'CHAT.example.org', `${'a'.repeat(64)}.org`])
        assert.equal((await lookup.lookup(wrong)).outcome, 'none');
      assert.deepEqual(server.asked, []);
    }));
});

describe('what was found', () => {
  test('is kept as long as it holds, and no longer than a day', () =>
    withLookup(signed, async (lookup, server, clock) => {
      await lookup.lookup(name);
      assert.equal(server.asked.length, 3);
      clock.advance(599_999);
      assert.equal((await lookup.lookup(name)).id, ada);
      assert.equal(server.asked.length, 3);
      server.answering = answeringFrom({
        [`_parley.${name} TXT`]: { answers: [recordsOf(`_parley.${name}`, 999_999).txt(textOf(bob))] },
        [`_parley._tcp.${name} SRV`]: { answers: [recordsOf(`_parley._tcp.${name}`, 999_999).srv(0, 0, 1, name)] },
      });
      clock.advance(1);
      const { id, ttlMs } = await lookup.lookup(name);
      assert.deepEqual([id, ttlMs], [bob, 86_400_000]);
    }));

  test('is asked for once, however many want to know', () =>
    withLookup(signed, async (lookup, server) => {
      const found = await Promise.all(Array.from({ length: 50 }, () => lookup.lookup(name)));
      assert.ok(found.every(({ id }) => id === ada));
      assert.equal(server.asked.length, 3);
    }));

  test('is asked for again soon when nobody knew', () =>
    withLookup({ ...signed, [`_parley.${name} TXT`]: { rcode: 5 } }, async (lookup, server, clock) => {
      assert.deepEqual(await lookup.lookup(name), { outcome: 'unavailable', addresses: [], ttlMs: 5_000 });
      server.answering = answeringFrom(signed);
      clock.advance(5_000);
      assert.equal((await lookup.lookup(name)).outcome, 'validated');
    }));
});

test('the addresses of a host are found, behind aliases too', () =>
  withLookup(
    {
      'chat.example.org A': {
        answers: [recordsOf(name, 60).cname('real.example.net'), recordsOf('real.example.net', 60).a('192.0.2.7')],
      },
      'chat.example.org AAAA': {
        answers: [{ type: 'AAAA', name, ttl: 60, data: '2001:db8::7' }],
      },
    },
    async (lookup) => {
      assert.deepEqual(await lookup.hostAddresses(name), [
        { address: '2001:db8::7', family: 6 },
        { address: '192.0.2.7', family: 4 },
      ]);
      assert.deepEqual(await lookup.hostAddresses('nowhere.example.org'), []);
    },
  ));
