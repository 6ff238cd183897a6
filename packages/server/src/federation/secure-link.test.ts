import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityProofBytes, noiseInitiator, noiseResponder } from '@parley/e2ee';
import { FrameTooLarge, type Link } from '@parley/link';
import { pair } from '@parley/link/memory';
import { encodeCbor, limits, type PeerFault } from '@parley/protocol';
import { type Identity, identityFromSeed } from '../identity.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { NoSecureLink } from './peer-fault.ts';
import {
  handshakeMs,
  maxHandshakeBytes,
  newStaticKey,
  type SecureLink,
  type SecureLinkOptions,
  secureAccepted,
  secureDialled,
} from './secure-link.ts';
import { nativeX25519 } from './x25519.ts';

const identity = (seed: number): Identity => identityFromSeed(new Uint8Array(32).fill(seed));
const someone = (seed: number, network = 'test') => {
  const runtime = createVirtualRuntime(seed);
  return { identity: identity(seed), network, runtime, staticKey: newStaticKey(runtime) } satisfies SecureLinkOptions;
};
const prologue = encodeCbor(['parley federation v1', 'test']);
const proof = (role: 'initiator' | 'responder', by: Identity, staticKey: Uint8Array, network = 'test') =>
  encodeCbor([by.publicKey, by.sign(identityProofBytes({ network, role, staticKey }))]);

function links(): [Link, Link] {
  return pair({ encoding: 'cbor' });
}

async function failed(done: Promise<SecureLink>, fault: PeerFault): Promise<void> {
  await assert.rejects(done, (error) => error instanceof NoSecureLink && error.fault === fault);
}

async function secured(ada = someone(1), bob = someone(2)): Promise<[SecureLink, SecureLink, Link, Link]> {
  const [a, b] = links();
  return [...(await Promise.all([secureDialled(a, ada, bob.identity.id), secureAccepted(b, bob)])), a, b];
}

async function next(link: Pick<Link, 'frames'>): Promise<Uint8Array | undefined> {
  return (await link.frames().next()).value;
}

/** A Noise session of somebody who may lie in what it says. */
function stranger(role: 'initiator' | 'responder', seed = 9) {
  const { runtime, staticKey } = someone(seed);
  const options = { pattern: 'XX', prologue, staticKey, randomBytes: runtime.randomBytes, dh: nativeX25519 } as const;
  return { staticKey, noise: role === 'initiator' ? noiseInitiator(options) : noiseResponder(options) };
}

/** Answers a dialler with a payload of one's own. */
async function answeredWith(payload: (staticKey: Uint8Array) => Uint8Array): Promise<[Promise<SecureLink>, Link]> {
  const [a, b] = links();
  const done = secureDialled(a, someone(1));
  done.catch(() => {});
  const { noise, staticKey } = stranger('responder');
  noise.read((await next(b))!);
  await b.send(noise.write(payload(staticKey.publicKey)));
  return [done, b];
}

/** Dials a server with a payload of one's own in the last message. */
async function dialledWith(payload: (staticKey: Uint8Array) => Uint8Array, first?: Uint8Array) {
  const [a, b] = links();
  const done = secureAccepted(b, someone(2));
  done.catch(() => {});
  const { noise, staticKey } = stranger('initiator');
  await a.send(noise.write(first));
  const second = await next(a);
  if (second) {
    noise.read(second);
    await a.send(noise.write(payload(staticKey.publicKey)));
  }
  return done;
}

describe('a secure link', () => {
  test('knows on both sides who is at the other, and carries frames of every size up to the limit', async () => {
    const [a, b] = await secured();
    assert.equal(a.id, identity(2).id);
    assert.equal(b.id, identity(1).id);
    for (const length of [0, 1, 65_518, 65_519, limits.frameBytes]) {
      const frame = new Uint8Array(length).map((_, i) => i ^ (i >> 8));
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        const [received] = await Promise.all([next(to.link), from.link.send(frame)]);
        assert.deepEqual(Uint8Array.from(received!), frame);
      }
    }
    await assert.rejects(a.link.send(new Uint8Array(limits.frameBytes + 1)), FrameTooLarge);
    await Promise.all([next(b.link), a.link.send(Uint8Array.of(1))]);
  });

  test('keeps frames that are sent at once apart', async () => {
    const [a, b] = await secured();
    const frames = [200_000, 3, 70_000].map((length, i) => new Uint8Array(length).fill(i));
    const sent = Promise.all(frames.map((frame) => a.link.send(frame)));
    for (const frame of frames) assert.deepEqual(Uint8Array.from((await next(b.link))!), frame);
    await sent;
  });

  test('says nothing in clear', async () => {
    const [a, b, , under] = await secured();
    const text = new TextEncoder().encode('nobody else may read this');
    const [seen] = await Promise.all([next(under), a.link.send(text)]);
    assert.equal(Buffer.from(seen!).includes('nobody else'), false);
    assert.equal(b.id, identity(1).id);
  });

  test('ends on both sides with the reason of one', async () => {
    const [a, b] = await secured();
    a.link.close('going-away');
    assert.equal(await b.link.closed, 'going-away');
    assert.equal(await next(b.link), undefined);
    await assert.rejects(a.link.send(Uint8Array.of(1)), /going-away/);
  });
});

describe('a handshake', () => {
  test('between two networks fails', async () => {
    const [a, b] = links();
    const dialled = secureDialled(a, someone(1));
    await Promise.all([failed(dialled, 'bad-handshake'), failed(secureAccepted(b, someone(2, 'other')), 'bad-frame')]);
  });

  test('with another server than the one expected ends before the dialler has said who it is', async () => {
    const [a, b] = links();
    const accepted = secureAccepted(b, someone(2));
    await Promise.all([
      failed(secureDialled(a, someone(1), identity(3).id), 'wrong-server'),
      failed(accepted, 'refused'),
    ]);
  });

  test('with oneself fails', async () => {
    const [a, b] = links();
    const me = someone(1);
    await Promise.all([failed(secureDialled(a, me), 'same-server'), failed(secureAccepted(b, me), 'refused')]);
    await failed(
      dialledWith((key) => proof('initiator', identity(2), key)),
      'same-server',
    );
  });

  test('with a proof that was forged, is of another key, role or network, or is none, fails', async () => {
    const ada = identity(3);
    const others = { initiator: 'responder', responder: 'initiator' } as const;
    const bad = (role: 'initiator' | 'responder') =>
      [
        (key: Uint8Array) => encodeCbor([ada.publicKey, identity(4).sign(key)]),
        (key: Uint8Array) =>
          encodeCbor([identity(4).publicKey, ada.sign(identityProofBytes({ network: 'test', role, staticKey: key }))]),
        () => proof(role, ada, someone(8).staticKey.publicKey),
        (key: Uint8Array) => proof(others[role], ada, key),
        (key: Uint8Array) => proof(role, ada, key, 'other'),
        (key: Uint8Array) => proof(role, ada, key).subarray(0, 90),
        () => new Uint8Array(0),
        () => encodeCbor({ identity: 'me' }),
        () => encodeCbor([[[[1]]]]),
        () => encodeCbor(['text', 'text']),
      ] as const;
    for (const payload of bad('responder')) await failed((await answeredWith(payload))[0], 'bad-handshake');
    for (const payload of bad('initiator')) await failed(dialledWith(payload), 'bad-handshake');
    assert.equal((await dialledWith((key) => proof('initiator', ada, key))).id, ada.id);
  });

  test('whose first message holds more than it should fails', async () => {
    await failed(
      dialledWith((key) => proof('initiator', identity(3), key), Uint8Array.of(1)),
      'bad-handshake',
    );
  });

  test('made of the messages of another one fails', async () => {
    const [a, b] = links();
    const accepted = secureAccepted(b, someone(2));
    const { noise, staticKey } = stranger('initiator');
    const first = noise.write();
    await a.send(first);
    noise.read((await next(a))!);
    const last = noise.write(proof('initiator', identity(3), staticKey.publicKey));
    await a.send(last);
    await accepted;

    const [again, other] = links();
    // Its static key is the same, its ephemeral one is not.
    const server = someone(2);
    server.runtime.randomBytes(1);
    const replayed = secureAccepted(other, server);
    await again.send(first);
    await next(again);
    await again.send(last);
    await failed(replayed, 'bad-handshake');
  });

  test('of messages that are cut, changed, too long or garbage fails', async () => {
    const ways: ((message: Uint8Array) => Uint8Array)[] = [
      (message) => message.subarray(0, -1),
      (message) => message.subarray(0, 0),
      (message) => message.map((byte, i) => (i === message.length - 1 ? byte ^ 1 : byte)),
      (message) => Uint8Array.from({ length: message.length }, (_, i) => (i * 7 + 1) & 255),
      (message) => Uint8Array.from([...message, ...new Uint8Array(maxHandshakeBytes)]),
      () => new Uint8Array(100_000),
    ];
    for (const way of ways) {
      const [a, b] = links();
      const accepted = secureAccepted(b, someone(2));
      const { noise, staticKey } = stranger('initiator');
      await a.send(noise.write());
      noise.read((await next(a))!);
      await Promise.all([
        failed(accepted, 'bad-handshake'),
        a.send(way(noise.write(proof('initiator', identity(3), staticKey.publicKey)))),
      ]);
      assert.equal(await a.closed, 'bad-frame');

      const [c, d] = links();
      const dialled = secureDialled(c, someone(1));
      const other = stranger('responder');
      other.noise.read((await next(d))!);
      const answer = other.noise.write(proof('responder', identity(3), other.staticKey.publicKey));
      await Promise.all([failed(dialled, 'bad-handshake'), d.send(way(answer))]);
    }
  });

  test('that takes too long ends, and leaves no timer', async () => {
    for (const shake of [secureDialled, secureAccepted]) {
      const me = someone(1);
      const [a, b] = links();
      const done = failed(shake(a, me), 'timed-out');
      me.runtime.advance(handshakeMs - 1);
      me.runtime.advance(1);
      await done;
      assert.equal(await b.closed, 'idle');
      assert.equal(me.runtime.timers, 0);
    }
    const ada = someone(1);
    await secured(ada);
    assert.equal(ada.runtime.timers, 0);
  });

  test('ends when the other side does', async () => {
    const [a, b] = links();
    b.close('busy');
    await failed(secureDialled(a, someone(1)), 'busy');
  });
});

describe('after the handshake', () => {
  const tampered: Record<string, (messages: Uint8Array[]) => Uint8Array[]> = {
    'a message that was changed': ([first]) => [first!.map((byte, i) => (i === 0 ? byte ^ 1 : byte))],
    'a message that comes twice': ([first]) => [first!, first!],
    'a message that is left out': ([, second]) => [second!],
    'messages in another order': ([first, second]) => [second!, first!],
    'a message that is cut': ([first]) => [first!.subarray(0, 10)],
    'an empty message': () => [new Uint8Array(0)],
    'a message above the limit of Noise': () => [new Uint8Array(65_536)],
    garbage: () => [new Uint8Array(40).fill(7)],
  };
  for (const [what, change] of Object.entries(tampered)) {
    test(`${what} ends the link, and nothing behind it is read`, async () => {
      const [a, m] = links();
      const [n, b] = links();
      const both = Promise.all([secureDialled(a, someone(1)), secureAccepted(b, someone(2))]);
      await n.send((await next(m))!);
      await m.send((await next(n))!);
      await n.send((await next(m))!);
      const [ada, bob] = await both;
      await ada.link.send(Uint8Array.of(1));
      await ada.link.send(Uint8Array.of(2));
      const caught = [(await next(m))!, (await next(m))!];
      const read: number[] = [];
      const reading = (async () => {
        for await (const [byte] of bob.link.frames()) read.push(byte!);
      })();
      for (const message of change(caught)) await n.send(message).catch(() => {});
      await reading;
      assert.equal(await n.closed, 'bad-frame');
      assert.deepEqual(read, what === 'a message that comes twice' ? [1] : []);
    });
  }
});
