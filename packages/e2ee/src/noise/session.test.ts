import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { noBytes } from '../bytes.ts';
import { E2eeError, type E2eeErrorCode } from '../error.ts';
import { x25519, x25519KeyPair } from '../x25519.ts';
import { type HandshakeName, handshakePattern } from './handshake-pattern.ts';
import { type PatternName, patterns } from './patterns.ts';
import { type NoiseOptions, type NoiseSession, noiseInitiator, noiseResponder } from './session.ts';

const text = (value: string) => new TextEncoder().encode(value);
const filled = (byte: number) => new Uint8Array(32).fill(byte);
const prologue = text('parley test');
const keys = { initiator: x25519KeyPair(filled(1)), responder: x25519KeyPair(filled(2)) };

function refused(run: () => unknown, code: E2eeErrorCode, what?: string): void {
  assert.throws(run, (error) => error instanceof E2eeError && error.code === code, what);
}

function options(role: 'initiator' | 'responder', pattern: HandshakeName, changes?: Partial<NoiseOptions>) {
  const { known, statics, psks } = handshakePattern(pattern);
  const other = role === 'initiator' ? 'responder' : 'initiator';
  return {
    pattern,
    prologue,
    ...(statics.has(role) && { staticKey: keys[role] }),
    ...(known.has(other) && { remoteStatic: keys[other].publicKey }),
    psks: Array.from({ length: psks }, (_, i) => filled(100 + i)),
    randomBytes: () => filled(role === 'initiator' ? 3 : 4),
    ...changes,
  };
}

function both(pattern: HandshakeName, initiator?: Partial<NoiseOptions>, responder?: Partial<NoiseOptions>) {
  return {
    initiator: noiseInitiator(options('initiator', pattern, initiator)),
    responder: noiseResponder(options('responder', pattern, responder)),
  };
}

/** Plays the handshake; `change` may alter a message on its way. */
function play(from: NoiseSession, to: NoiseSession, change = (message: Uint8Array, _at: number) => message): void {
  let [sender, receiver] = [from, to];
  const [sent, got]: [Uint8Array[], Uint8Array[]] = [[], []];
  for (let at = 0; !sender.finished || !receiver.finished; at += 1) {
    sent.push(text(`payload ${at}`));
    got.push(receiver.read(change(sender.write(sent[at]!), at)));
    [sender, receiver] = [receiver, sender];
  }
  assert.deepEqual(got, sent);
}

function changed(message: Uint8Array, at: number, bits = 1): Uint8Array {
  const copy = message.slice();
  copy[at]! ^= bits;
  return copy;
}

describe('a Noise session', () => {
  test('finishes in every pattern, and both sides agree about everything', () => {
    for (const pattern of Object.keys(patterns) as PatternName[]) {
      const { initiator, responder } = both(pattern);
      const { messages, statics } = handshakePattern(pattern);
      play(initiator, responder);
      const [a, b] = [initiator.finished!, responder.finished!];
      assert.deepEqual(a.handshakeHash, b.handshakeHash);
      assert.deepEqual(a.remoteStatic, statics.has('responder') ? keys.responder.publicKey : undefined, pattern);
      assert.deepEqual(b.remoteStatic, statics.has('initiator') ? keys.initiator.publicKey : undefined, pattern);
      assert.deepEqual(b.receive.decryptWithAd(prologue, a.send.encryptWithAd(prologue, text('to'))), text('to'));
      if (messages.length === 1) {
        refused(() => b.send.encryptWithAd(noBytes, noBytes), 'ended', 'a one-way pattern has no way back');
        refused(() => a.receive.decryptWithAd(noBytes, new Uint8Array(16)), 'ended');
      } else assert.deepEqual(a.receive.decryptWithAd(prologue, b.send.encryptWithAd(prologue, noBytes)), noBytes);
    }
  });

  test('takes its ephemeral key from the random bytes handed in, and wipes them', () => {
    const random = filled(9);
    const { initiator } = both('NN', { randomBytes: () => random });
    assert.deepEqual(initiator.write(), x25519.publicKey(filled(9)));
    assert.deepEqual(random, filled(0));
    refused(() => both('NN', { randomBytes: () => new Uint8Array(31) }).initiator.write(), 'bad-key');
  });

  test('tells the static key of the other side as soon as it came', () => {
    const { initiator, responder } = both('XX');
    responder.read(initiator.write());
    assert.equal(initiator.remoteStatic, undefined);
    initiator.read(responder.write());
    assert.deepEqual(initiator.remoteStatic, keys.responder.publicKey);
    assert.equal(initiator.finished, undefined);
  });

  test('fails when prologue, pre-shared key, cipher, hash or expected key differ', () => {
    const differences: [HandshakeName, Partial<NoiseOptions>][] = [
      ['XX', { prologue: text('parley tesu') }],
      ['XX', { prologue: noBytes }],
      ['NNpsk0', { psks: [filled(7)] }],
      ['XXpsk3', { psks: [filled(7)] }],
      ['XX', { cipher: 'AESGCM' }],
      ['XX', { hash: 'SHA512' }],
      ['IK', { remoteStatic: keys.initiator.publicKey }],
    ];
    for (const [pattern, difference] of differences) {
      const { initiator, responder } = both(pattern, difference);
      refused(() => play(initiator, responder), 'bad-message', Object.keys(difference)[0]);
    }
  });

  test('ends at the latest with the next message when any byte of one was changed', () => {
    // Any commutative function does where only the order of things is tested, and takes no time.
    const toy = { publicKey: (s: Uint8Array) => s.slice(), sharedSecret: (s: Uint8Array, p: Uint8Array) => xor(s, p) };
    const toyKeys = { initiator: x25519KeyPair(filled(1), toy), responder: x25519KeyPair(filled(2), toy) };
    const initiates = { dh: toy, staticKey: toyKeys.initiator };
    const responds = { dh: toy, staticKey: toyKeys.responder };
    for (const pattern of ['XX', 'IX', 'XXpsk3'] as const) {
      for (const [message, length] of messageLengths(both(pattern, initiates, responds)).entries()) {
        for (let at = 0; at < length; at += 1) {
          const { initiator, responder } = both(pattern, initiates, responds);
          const change = (bytes: Uint8Array, i: number) => (i === message ? changed(bytes, at) : bytes);
          assert.throws(() => play(initiator, responder, change), E2eeError, `${pattern} ${message}, byte ${at}`);
          assert.ok(!initiator.finished || !responder.finished);
        }
      }
    }
  });

  test('fails when the bit of an ephemeral key that X25519 ignores was changed', () => {
    for (const message of [0, 1]) {
      const { initiator, responder } = both('XX');
      const change = (bytes: Uint8Array, i: number) => (i === message ? changed(bytes, 31, 0x80) : bytes);
      refused(() => play(initiator, responder, change), 'bad-message');
    }
  });

  test('refuses every shortened message, and one longer than any may be', () => {
    for (let length = 0; length < 32; length += 1) {
      const { initiator, responder } = both('XX');
      refused(() => responder.read(initiator.write().subarray(0, length)), 'bad-message');
      refused(() => responder.read(new Uint8Array(32)), 'ended');
    }
    const second = () => {
      const { initiator, responder } = both('XX');
      responder.read(initiator.write());
      return { initiator, message: responder.write() };
    };
    for (let length = 0; length < second().message.length; length += 7) {
      const { initiator, message } = second();
      refused(() => initiator.read(message.subarray(0, length)), 'bad-message');
      refused(() => initiator.read(message), 'ended');
    }
    refused(() => both('NN').responder.read(new Uint8Array(65_536)), 'too-large');
  });

  test('writes messages of 65,535 bytes and refuses one more without consequence', () => {
    const { initiator, responder } = both('XX');
    refused(() => initiator.write(new Uint8Array(65_504)), 'too-large');
    assert.equal(responder.read(initiator.write(new Uint8Array(65_503))).length, 65_503);
    const room = 65_535 - 32 - 48 - 16;
    refused(() => responder.write(new Uint8Array(room + 1)), 'too-large');
    assert.equal(initiator.read(responder.write(new Uint8Array(room))).length, room);
  });

  test('refuses points of small order, as ephemeral and as static key', () => {
    for (const weak of [filled(0), changed(filled(0), 0)]) {
      const { responder } = both('NN');
      responder.read(weak);
      refused(() => responder.write(), 'bad-key');
      refused(() => noiseInitiator(options('initiator', 'NK', { remoteStatic: weak })).write(), 'bad-key');
    }
  });

  test('refuses shared zeros from an X25519 that does not', () => {
    const careless = { ...x25519, sharedSecret: () => new Uint8Array(32) };
    const { initiator, responder } = both('NN', {}, { dh: careless });
    responder.read(initiator.write());
    refused(() => responder.write(), 'bad-key');
  });

  test('says whose turn it is, and a call out of turn changes nothing', () => {
    const { initiator, responder } = both('NN');
    assert.deepEqual([initiator.isMyTurn, responder.isMyTurn], [true, false]);
    refused(() => initiator.read(filled(5)), 'out-of-turn');
    refused(() => responder.write(), 'out-of-turn');
    play(initiator, responder);
    assert.deepEqual([initiator.isMyTurn, responder.isMyTurn], [false, false]);
    refused(() => initiator.write(), 'out-of-turn');
    refused(() => initiator.read(noBytes), 'out-of-turn');
  });

  test('needs just the keys that its pattern uses', () => {
    const key = keys.responder.publicKey;
    refused(() => noiseInitiator({ pattern: 'XX', prologue, randomBytes: filled.bind(null, 1) }), 'bad-key');
    refused(() => both('NN', { staticKey: keys.initiator }), 'bad-key');
    refused(() => both('XX', { remoteStatic: key }), 'bad-key');
    refused(() => both('IK', { remoteStatic: key.subarray(1) }), 'bad-key');
    refused(() => both('IK', { staticKey: { ...keys.initiator, secretKey: new Uint8Array(33) } }), 'bad-key');
    for (const psks of [[], [filled(1), filled(2)], [new Uint8Array(31)]])
      refused(() => both('NNpsk0', { psks }), 'bad-key');
    refused(() => both('NN', { psks: [filled(1)] }), 'bad-key');
  });

  test('forgets its keys when it ends', () => {
    const { initiator, responder } = both('XX');
    play(initiator, responder);
    const { send, receive } = initiator.finished!;
    initiator.end();
    refused(() => send.encryptWithAd(noBytes, noBytes), 'ended');
    refused(() => receive.decryptWithAd(noBytes, new Uint8Array(16)), 'ended');
    refused(() => initiator.write(), 'ended');
  });

  test('shows no key when it is printed', () => {
    const { initiator, responder } = both('XX');
    play(initiator, responder);
    const shown = inspect([initiator, responder], { depth: 20, showHidden: true }) + JSON.stringify(initiator);
    assert.equal(/secretKey|chainingKey|#key/.test(shown), false, shown);
  });
});

function messageLengths({ initiator, responder }: { initiator: NoiseSession; responder: NoiseSession }): number[] {
  const lengths: number[] = [];
  play(initiator, responder, (message) => {
    lengths.push(message.length);
    return message;
  });
  return lengths;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!);
}
