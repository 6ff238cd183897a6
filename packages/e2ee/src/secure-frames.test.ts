import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits } from '@parley/protocol';
import fc from 'fast-check';
import { concat, noBytes } from './bytes.ts';
import { E2eeError, type E2eeErrorCode } from './error.ts';
import { ciphers } from './noise/cipher.ts';
import { CipherState } from './noise/cipher-state.ts';
import { noiseInitiator, noiseResponder } from './noise/session.ts';
import { chunkBytes, rekeyInterval, SecureFrames } from './secure-frames.ts';

const state = (byte: number, nonce = 0n) => {
  const made = new CipherState(ciphers.ChaChaPoly, new Uint8Array(32).fill(byte));
  made.setNonce(nonce);
  return made;
};

/** Two ends, whose directions have keys of their own; `nonce` messages went each way before. */
function ends(nonce = 0n): [SecureFrames, SecureFrames] {
  return [
    new SecureFrames({ send: state(1, nonce), receive: state(2, nonce) }),
    new SecureFrames({ send: state(2, nonce), receive: state(1, nonce) }),
  ];
}

function refused(run: () => unknown, code: E2eeErrorCode, what?: string): void {
  assert.throws(run, (error) => error instanceof E2eeError && error.code === code, what);
}

function assertDead(end: SecureFrames): void {
  assert.equal(end.ended, true);
  refused(() => end.encrypt(noBytes), 'ended');
  refused(() => end.decrypt(new Uint8Array(17)), 'ended');
}

/** A frame whose every chunk differs. */
function frameOf(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => i ^ (i >> 8) ^ (i >> 16));
}

/** What arrives until something is refused. */
function receive(end: SecureFrames, messages: readonly Uint8Array[]): { frames: Uint8Array[]; error?: unknown } {
  const frames: Uint8Array[] = [];
  try {
    for (const message of messages) {
      const frame = end.decrypt(message);
      if (frame) frames.push(frame);
    }
  } catch (error) {
    return { frames, error };
  }
  return { frames };
}

const sizes = fc.oneof(
  { weight: 8, arbitrary: fc.nat(300) },
  { weight: 1, arbitrary: fc.integer({ min: chunkBytes - 2, max: chunkBytes + 2 }) },
);
const someFrames = fc.array(sizes.map(frameOf), { minLength: 1, maxLength: 6 });

describe('secure frames', () => {
  test('arrive as they were sent, both ways, in messages of at most 65,535 bytes', () => {
    const [a, b] = ends();
    const border = chunkBytes;
    for (const length of [0, 1, border - 1, border, border + 1, 2 * border, 2 * border + 1, limits.frameBytes]) {
      const frame = frameOf(length);
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        const messages = from.encrypt(frame);
        assert.equal(messages.length, Math.max(1, Math.ceil(length / border)));
        assert.ok(messages.every((message) => message.length <= 65_535));
        assert.deepEqual(receive(to, messages), { frames: [frame] });
      }
    }
  });

  test('arrive over a real handshake', () => {
    const setup = { pattern: 'NN', prologue: noBytes } as const;
    const initiator = noiseInitiator({ ...setup, randomBytes: () => new Uint8Array(32).fill(1) });
    const responder = noiseResponder({ ...setup, randomBytes: () => new Uint8Array(32).fill(2) });
    responder.read(initiator.write());
    initiator.read(responder.write());
    const [a, b] = [new SecureFrames(initiator.finished!), new SecureFrames(responder.finished!)];
    assert.deepEqual(receive(b, a.encrypt(frameOf(100_000))).frames, [frameOf(100_000)]);
    initiator.end();
    refused(() => a.encrypt(noBytes), 'ended', 'who ends the session ends what it gave out');
  });

  test('of any sizes keep their order and borders', () => {
    fc.assert(
      fc.property(someFrames, (frames) => {
        const [a, b] = ends();
        const messages = frames.flatMap((frame) => a.encrypt(frame));
        assert.deepEqual(receive(b, messages), { frames });
      }),
      { numRuns: 30 },
    );
  });

  test('larger than a frame may be are refused without consequence', () => {
    const [a, b] = ends();
    refused(() => a.encrypt(new Uint8Array(limits.frameBytes + 1)), 'too-large');
    assert.deepEqual(receive(b, a.encrypt(noBytes)).frames, [noBytes]);
  });

  test('are dead with the first changed byte', () => {
    const length = ends()[0].encrypt(frameOf(40))[0]!.length;
    for (let at = 0; at < length; at += 1) {
      const [a, b] = ends();
      const [message] = a.encrypt(frameOf(40));
      const changed = message!.slice();
      changed[at]! ^= 1 << (at % 8);
      refused(() => b.decrypt(changed), 'bad-message', `byte ${at}`);
      assertDead(b);
      refused(() => b.decrypt(message!), 'ended');
    }
  });

  test('are dead with the first shortened or lengthened message', () => {
    const length = ends()[0].encrypt(frameOf(40))[0]!.length;
    for (let to = 0; to < length; to += 1) {
      const [a, b] = ends();
      refused(() => b.decrypt(a.encrypt(frameOf(40))[0]!.subarray(0, to)), 'bad-message', `${to} bytes`);
      assertDead(b);
    }
    const [a, b] = ends();
    refused(() => b.decrypt(Uint8Array.of(...a.encrypt(frameOf(40))[0]!, 0)), 'bad-message');
    assertDead(b);
    const [, other] = ends();
    refused(() => other.decrypt(new Uint8Array(65_536)), 'too-large');
    assertDead(other);
  });

  test('are dead with the first message that is missing, repeated or out of order, and not a frame before', () => {
    const mischief = fc.record({ frames: someFrames, at: fc.nat(), how: fc.constantFrom('drop', 'repeat', 'swap') });
    fc.assert(
      fc.property(mischief, ({ frames, at: where, how }) => {
        const [a, b] = ends();
        const sent = [...frames, noBytes].map((frame) => a.encrypt(frame));
        const messages = sent.flat();
        const at = where % (messages.length - 1);
        if (how === 'drop') messages.splice(at, 1);
        else if (how === 'repeat') messages.splice(at + 1, 0, messages[at]!);
        else messages.splice(at, 2, messages[at + 1]!, messages[at]!);
        const { frames: got, error } = receive(b, messages);
        const intact = how === 'repeat' ? at + 1 : at;
        let complete = 0;
        for (let count = 0; count + sent[complete]!.length <= intact; complete += 1) count += sent[complete]!.length;
        assert.deepEqual(got, frames.slice(0, complete));
        assert.ok(error instanceof E2eeError && error.code === 'bad-message');
        assertDead(b);
      }),
      { numRuns: 40 },
    );
  });

  test('do not come back to their sender', () => {
    const [a] = ends();
    const [message] = a.encrypt(frameOf(10));
    refused(() => a.decrypt(message!), 'bad-message');
    assertDead(a);
  });

  test('have one form only: full chunks, then the rest', () => {
    const full = frameOf(chunkBytes);
    const rest = limits.frameBytes % chunkBytes;
    const more = (chunk: Uint8Array) => concat(Uint8Array.of(1), chunk);
    const last = (chunk: Uint8Array) => concat(Uint8Array.of(0), chunk);
    const sixteen = Array.from({ length: 16 }, () => more(full));
    const forms: [string, E2eeErrorCode, Uint8Array[]][] = [
      ['no flag', 'bad-message', [noBytes]],
      ['an unknown flag', 'bad-message', [Uint8Array.of(2, 3)]],
      ['a chunk that is not full', 'bad-message', [more(frameOf(chunkBytes - 1))]],
      ['an empty rest', 'bad-message', [more(full), last(noBytes)]],
      ['more than a frame may be', 'too-large', [...sixteen, last(frameOf(rest + 1))]],
      ['chunks without end', 'too-large', [...sixteen, more(full)]],
    ];
    for (const [what, code, parts] of forms) {
      const [, b] = ends();
      const sender = state(1);
      const messages = parts.map((part) => sender.encryptWithAd(noBytes, part));
      const { frames, error } = receive(b, messages);
      assert.deepEqual(frames, [], what);
      assert.ok(error instanceof E2eeError && error.code === code, what);
      assertDead(b);
    }
  });

  test('get a new key every 2^20 messages, in the middle of a frame too', () => {
    const before = rekeyInterval - 3n;
    const [a, b] = ends(before);
    const frame = frameOf(5 * chunkBytes);
    const messages = a.encrypt(frame);
    assert.deepEqual(receive(b, messages), { frames: [frame] });
    assert.deepEqual(receive(b, a.encrypt(noBytes)).frames, [noBytes]);

    const old = state(1, before);
    for (const message of messages.slice(0, 3)) old.decryptWithAd(noBytes, message);
    refused(() => old.decryptWithAd(noBytes, messages[3]!), 'bad-message');
    old.rekey();
    old.decryptWithAd(noBytes, messages[3]!);
  });

  test('are over when they are ended', () => {
    const [a, b] = ends();
    const [first] = a.encrypt(frameOf(2 * chunkBytes));
    b.decrypt(first!);
    b.end();
    assertDead(b);
  });
});
