// Messages to a key, on one server and over several. What is sealed is only carried here; see e2ee for what is in it.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { type KeyPurpose, keyProof, type Payload } from '@parley/protocol';
import { type TestHome, TestHomes } from './federation/testing-homes.ts';
import { createLimits } from './limits.ts';
import { type TestClient, testServer } from './testing.ts';

const sealed = new TextEncoder().encode('sealed');
const limits = createLimits({ rateFactor: 1, connections: 1, loadedRooms: 1 });

interface Pair {
  key: Uint8Array;
  secret: KeyObject;
}

function pair(): Pair {
  const { publicKey, privateKey: secret } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  return { key: Uint8Array.fromBase64(x ?? '', { alphabet: 'base64url' }), secret };
}

async function proof(client: TestClient, purpose: KeyPurpose, { key, secret }: Pair, server: string) {
  const { challenge } = await client.request('session.challenge', { purpose });
  const bytes = Uint8Array.fromBase64(String(challenge), { alphabet: 'base64url' });
  return { key, signature: new Uint8Array(sign(null, keyProof(purpose, server, bytes), secret)) };
}

const serverId = async (client: TestClient): Promise<string> =>
  (await client.request('session.hello', { versions: [1], client: 'test' })).server.id;

async function listen(client: TestClient, own: Pair): Promise<void> {
  await client.request('key.listen', await proof(client, 'listen', own, await serverId(client)));
}

/** Acknowledges all that comes, as a client does that opens it. */
async function reads(client: TestClient): Promise<Payload<'key.received'>> {
  const received = await client.next('key.received');
  await client.request('key.acknowledge', { delivery: asBytes(received.delivery) });
  return received;
}

const asBytes = (told: Uint8Array): Uint8Array =>
  Uint8Array.fromBase64(told as unknown as string, { alphabet: 'base64url' });

/** Sends without waiting for the answer, which needs the other side. */
function send(client: TestClient, { key }: Pair): Promise<unknown> {
  const sent = client.request('key.send', { key, sealed }).then(
    ({ deliveredAt }) => deliveredAt > 0,
    ({ code }) => code,
  );
  return sent;
}

describe('a message to a key', () => {
  it('reaches whoever proves the key, and is delivered when it was opened', async () => {
    await using server = await testServer();
    const [ada, bob] = [await server.account('ada'), await server.guest('bob')];
    const own = pair();
    await listen(bob, own);
    const sent = send(ada, own);
    const received = await reads(bob);
    assert.deepEqual([asBytes(received.key), asBytes(received.sealed)], [own.key, sealed]);
    assert.equal(await sent, true);
    await assert.rejects(bob.request('key.acknowledge', { delivery: asBytes(received.delivery) }), {
      code: 'not-found',
    });
  });

  it('reaches a connection that was signed in with the key, without more ado', async () => {
    await using server = await testServer();
    const [ada, bob] = [await server.account('ada'), await server.account('bob')];
    const own = pair();
    const id = await serverId(bob);
    await bob.request('account.addKey', { ...(await proof(bob, 'add-key', own, id)), label: 'key' });
    const again = await server.connect();
    const device = 'test';
    await again.request('session.signInWithKey', { ...(await proof(again, 'sign-in', own, id)), device });
    await again.request('key.listen', { key: own.key });
    const sent = send(ada, own);
    await reads(again);
    assert.equal(await sent, true);
    await again.request('key.unlisten', { key: own.key });
    await assert.rejects(again.request('key.listen', { key: own.key }), { code: 'bad-challenge' });
    await assert.rejects(ada.request('key.send', { key: own.key, sealed }), { code: 'nobody-there' });
  });

  it('is refused when nobody holds the key, does not any more, or does not open it', async () => {
    await using server = await testServer();
    const [ada, bob] = [await server.account('ada'), await server.account('bob')];
    const own = pair();
    await assert.rejects(ada.request('key.send', { key: own.key, sealed }), { code: 'nobody-there' });
    await listen(bob, own);
    const sent = send(ada, own);
    await server.advance(0);
    await bob.next('key.received');
    await server.advance(5_000);
    assert.equal(await sent, 'nobody-there');
    await bob.request('session.signOut', {});
    await assert.rejects(ada.request('key.send', { key: own.key, sealed }), { code: 'nobody-there' });
  });

  it('takes a proof for this purpose, this server and once', async () => {
    await using server = await testServer();
    const bob = await server.account('bob');
    const own = pair();
    const id = await serverId(bob);
    const refused = async (given: Promise<{ key: Uint8Array; signature: Uint8Array }>) =>
      assert.rejects(bob.request('key.listen', await given), { code: 'bad-challenge' });
    await refused(proof(bob, 'sign-in', own, id));
    await refused(proof(bob, 'listen', own, 'a'.repeat(52)));
    await refused(proof(bob, 'listen', { ...own, key: pair().key }, id));
    const once = await proof(bob, 'listen', own, id);
    await bob.request('key.listen', once);
    await bob.request('key.unlisten', { key: own.key });
    await refused(Promise.resolve(once));
    await assert.rejects(bob.request('key.listen', { key: own.key }), { code: 'bad-challenge' });
  });

  it('comes to every connection at the key; a stranger cannot say that it was opened', async () => {
    await using server = await testServer();
    const [ada, bob, cyd] = [await server.account('ada'), await server.account('bob'), await server.account('cyd')];
    const own = pair();
    await listen(bob, own);
    await listen(cyd, own);
    const sent = send(ada, own);
    const { delivery } = await cyd.next('key.received');
    await assert.rejects(ada.request('key.acknowledge', { delivery: asBytes(delivery) }), { code: 'not-found' });
    await reads(bob);
    assert.equal(await sent, true);
  });

  it('is listened to at a few keys by one connection', async () => {
    await using server = await testServer();
    const bob = await server.account('bob');
    for (let i = 0; i < limits.keysPerConnection; i++) await listen(bob, pair());
    await assert.rejects(listen(bob, pair()), { code: 'too-many' });
  });
});

/** Homeservers that dial as told, with somebody on the first and somebody who listens on the last. */
async function apart(homes: TestHomes, dials: readonly (readonly number[])[]) {
  const all: TestHome[] = [];
  for (const [i, to] of dials.entries()) all.push(await homes.home(i + 1, to));
  await homes.advance(500);
  const own = pair();
  const [first, last] = [all[0]!, all.at(-1)!];
  const ada = await first.server.account('ada');
  const bob = await last.server.account('bob');
  await listen(bob, own);
  return { all, ada, bob, own };
}

describe('a message to a key across servers', () => {
  for (const [shape, dials] of Object.entries({
    'the server next to it': [[], [1]],
    'a line of five': [[], [1], [2], [3], [4]],
    'a ring of four': [[], [1], [1], [2, 3]],
    'a mesh of four': [[], [1], [1, 2], [1, 2, 3]],
  })) {
    it(`finds its way over ${shape}, once, and the answer comes back`, async () => {
      await using homes = new TestHomes();
      const { ada, bob, own } = await apart(homes, dials);
      for (let i = 0; i < 3; i++) {
        const sent = send(ada, own);
        await homes.settled();
        await reads(bob);
        assert.equal(await sent, true);
      }
      assert.equal(bob.events.filter(({ event }) => event === 'key.received').length, 0, 'each came once');
    });
  }

  it('is refused when nobody anywhere holds the key, and when the holder has gone meanwhile', async () => {
    await using homes = new TestHomes();
    const { ada, bob, own } = await apart(homes, [[], [1], [2]]);
    await assert.rejects(ada.request('key.send', { key: pair().key, sealed }), { code: 'nobody-there' });
    const sent = send(ada, own);
    await homes.settled();
    await reads(bob);
    assert.equal(await sent, true);
    await bob.request('key.unlisten', { key: own.key });
    await assert.rejects(ada.request('key.send', { key: own.key, sealed }), { code: 'nobody-there' });
  });

  it('finds the key where it has gone to', async () => {
    await using homes = new TestHomes();
    const { all, ada, bob, own } = await apart(homes, [[], [1], [1]]);
    const first = send(ada, own);
    await homes.settled();
    await reads(bob);
    assert.equal(await first, true);
    await bob.request('key.unlisten', { key: own.key });
    const there = await all[1]!.server.account('bob');
    await listen(there, own);
    const second = send(ada, own);
    await homes.settled();
    await reads(there);
    assert.equal(await second, true);
  });

  it('does not wait for ever for a server that does not answer', async () => {
    await using homes = new TestHomes();
    const { ada, bob, own } = await apart(homes, [[], [1], [2]]);
    homes.cut.add('s3>s2');
    const lost = send(ada, own);
    await homes.advance(4_000);
    assert.equal(await lost, 'nobody-there');
    assert.equal(bob.events.length, 0);
    homes.cut.clear();
    await homes.advance(60_000, 1_000);
    const sent = send(ada, own);
    await homes.settled();
    await reads(bob);
    assert.equal(await sent, true);
  });

  it('is not certain when the acknowledgement is lost', async () => {
    await using homes = new TestHomes();
    const { ada, bob, own } = await apart(homes, [[], [1]]);
    const sent = send(ada, own);
    await homes.settled();
    homes.cut.add('s2>s1');
    await reads(bob);
    await homes.advance(20_000, 1_000);
    assert.equal(await sent, 'unavailable');
  });
});
