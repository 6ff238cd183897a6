// Known answers of two other implementations: every handshake over Curve25519, both sides against every byte.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { noBytes } from '../bytes.ts';
import { type DiffieHellman, type KeyPair, x25519, x25519KeyPair } from '../x25519.ts';
import type { CipherName } from './cipher.ts';
import type { HandshakeName, HandshakeRole } from './handshake-pattern.ts';
import type { HashName } from './hash.ts';
import { patterns } from './patterns.ts';
import { type NoiseSession, noiseInitiator, noiseResponder } from './session.ts';

interface Vector {
  protocol_name: string;
  init_prologue: string;
  init_psks?: string[];
  init_static?: string;
  init_ephemeral: string;
  init_remote_static?: string;
  resp_prologue: string;
  resp_psks?: string[];
  resp_static?: string;
  resp_ephemeral?: string;
  resp_remote_static?: string;
  handshake_hash?: string;
  messages: { payload: string; ciphertext: string }[];
}

const folder = new URL('../../../../../shared/vectors/noise/', import.meta.url);
const skip = existsSync(folder) ? false : 'the vectors (../shared/vectors/noise beside the repository) are absent';
const hex = Uint8Array.fromHex;

/** The platform's own X25519 [RFC 8410 §7]: a second opinion, and quick enough for 880 handshakes. */
const native: DiffieHellman = {
  publicKey: (secret) => privateKeyOf(secret).publicKey,
  sharedSecret(secret, publicKey) {
    const prefix = hex('302a300506032b656e032100');
    const key = createPublicKey({ key: Buffer.concat([prefix, publicKey]), format: 'der', type: 'spki' });
    return new Uint8Array(diffieHellman({ privateKey: privateKeyOf(secret).key, publicKey: key }));
  },
};

function privateKeyOf(secret: Uint8Array) {
  const prefix = hex('302e020100300506032b656e04220420');
  const key = createPrivateKey({ key: Buffer.concat([prefix, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12));
  return { key, publicKey };
}

function read(name: string): Vector[] {
  return (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { vectors: Vector[] }).vectors;
}

function begin(vector: Vector, role: HandshakeRole, dh: DiffieHellman): NoiseSession {
  const side = role === 'initiator' ? 'init' : 'resp';
  const [, pattern, , cipher, hash] = vector.protocol_name.split('_') as [
    string,
    HandshakeName,
    string,
    CipherName,
    HashName,
  ];
  const staticKey: KeyPair | undefined = pair(vector[`${side}_static`], dh);
  const remoteStatic = vector[`${side}_remote_static`];
  const open = role === 'initiator' ? noiseInitiator : noiseResponder;
  return open({
    pattern,
    cipher,
    hash,
    prologue: hex(vector[`${side}_prologue`]),
    psks: (vector[`${side}_psks`] ?? []).map(hex),
    dh,
    ...(staticKey && { staticKey }),
    ...(remoteStatic !== undefined && { remoteStatic: hex(remoteStatic) }),
    randomBytes: () => hex(vector[`${side}_ephemeral`]!),
  });
}

const pair = (secret: string | undefined, dh: DiffieHellman) =>
  secret === undefined ? undefined : x25519KeyPair(hex(secret), dh);

function hold(vector: Vector, dh: DiffieHellman): void {
  const name = vector.protocol_name;
  const [initiator, responder] = [begin(vector, 'initiator', dh), begin(vector, 'responder', dh)];
  const isOneWay = /^Noise_[NKX](psk\d)?_/.test(name);
  for (const [at, { payload, ciphertext }] of vector.messages.entries()) {
    const [from, to] = isOneWay || at % 2 === 0 ? [initiator, responder] : [responder, initiator];
    const { finished } = from;
    const sent = finished ? finished.send.encryptWithAd(noBytes, hex(payload)) : from.write(hex(payload));
    assert.equal(sent.toHex(), ciphertext, `${name}, message ${at}`);
    const got = finished ? to.finished!.receive.decryptWithAd(noBytes, sent) : to.read(sent);
    assert.equal(got.toHex(), payload, `${name}, message ${at}`);
  }
  for (const { finished } of [initiator, responder]) {
    assert.ok(finished, name);
    if (vector.handshake_hash !== undefined) assert.equal(finished.handshakeHash.toHex(), vector.handshake_hash, name);
  }
}

describe('known answers of Noise', () => {
  const isOver25519 = ({ protocol_name }: Vector) => protocol_name.split('_')[2] === '25519';

  test('cacophony: 472 of 944 handshakes, those over Curve448 aside', { skip }, () => {
    const all = read('cacophony.json');
    const ours = all.filter(isOver25519);
    assert.deepEqual([all.length, ours.length], [944, 472]);
    for (const vector of ours) hold(vector, native);
  });

  test('snow: 408 of 408 handshakes', { skip }, () => {
    const all = read('snow.json');
    assert.deepEqual([all.length, all.filter(isOver25519).length], [408, 408]);
    for (const vector of all) hold(vector, native);
  });

  test('with our own X25519, one cipher and hash: 59 handshakes of cacophony', { skip }, () => {
    const ours = read('cacophony.json').filter((each) => each.protocol_name.endsWith('_25519_ChaChaPoly_SHA256'));
    assert.equal(ours.length, 59);
    for (const vector of ours) hold(vector, x25519);
  });

  test('reach every pattern that we know', { skip }, () => {
    const names = [...read('cacophony.json'), ...read('snow.json')].map((each) => each.protocol_name.split('_')[1]);
    assert.deepEqual(
      Object.keys(patterns).filter((name) => !names.includes(name)),
      [],
    );
  });
});
