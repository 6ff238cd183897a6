import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits } from '@parley/protocol';
import { addressKey, addressKeyPair } from '../address-key.ts';
import { noBytes } from '../bytes.ts';
import { ed25519PublicKey } from '../ed25519.ts';
import { E2eeError, type E2eeErrorCode } from '../error.ts';
import { x25519KeyPair } from '../x25519.ts';
import { hpkeOpen, hpkeOverheadBytes, hpkeSeal } from './hpke.ts';
import { decapsulate, encapsulate } from './kem.ts';
import { keySchedule } from './key-schedule.ts';

const hex = Uint8Array.fromHex;
const info = hex('4f6465206f6e2061204772656369616e2055726e');

function refused(run: () => unknown, code: E2eeErrorCode, what?: string): void {
  assert.throws(run, (error) => error instanceof E2eeError && error.code === code, what);
}

describe('HPKE', () => {
  test('encapsulates as in RFC 9180 §A.1.1, whose KEM is ours', () => {
    const ephemeral = x25519KeyPair(hex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'));
    const recipient = x25519KeyPair(hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'));
    assert.equal(recipient.publicKey.toHex(), '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d');
    const { enc, secret } = encapsulate(recipient.publicKey, ephemeral);
    assert.equal(enc.toHex(), '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431');
    assert.equal(secret.toHex(), 'fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc');
    assert.deepEqual(decapsulate(enc, recipient), secret);
  });

  test('seals and opens as in RFC 9180 §A.2.1', () => {
    const ephemeral = 'f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600';
    const recipient = x25519KeyPair(hex('8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb'));
    assert.equal(recipient.publicKey.toHex(), '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a');
    const { enc, secret } = encapsulate(recipient.publicKey, x25519KeyPair(hex(ephemeral)));
    assert.equal(enc.toHex(), '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a');
    assert.equal(secret.toHex(), '0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7');
    const { key, baseNonce } = keySchedule(secret, info);
    assert.equal(key.toHex(), 'ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91');
    assert.equal(baseNonce.toHex(), '5c4d98150661b848853b547f');

    const ad = hex('436f756e742d30');
    const plaintext = hex('4265617574792069732074727574682c20747275746820626561757479');
    const sealed = hpkeSeal({
      recipient: recipient.publicKey,
      info,
      ad,
      plaintext,
      randomBytes: () => hex(ephemeral),
    });
    const ciphertext = '1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28';
    assert.equal(sealed.toHex(), enc.toHex() + ciphertext);
    assert.deepEqual(hpkeOpen({ recipient, info, ad, sealed }), plaintext);
  });

  const seed = new Uint8Array(32).fill(3);
  const recipient = addressKeyPair(seed);
  const ad = Uint8Array.of(1, 2);
  const seal = (plaintext: Uint8Array) => {
    const randomBytes = (length: number) => new Uint8Array(length).fill(4);
    return hpkeSeal({ recipient: addressKey(ed25519PublicKey(seed)), info, ad, plaintext, randomBytes });
  };

  test('reaches the owner of an identity', () => {
    for (const length of [0, 1, 1_000]) {
      const plaintext = new Uint8Array(length).fill(5);
      const sealed = seal(plaintext);
      assert.equal(sealed.length, length + hpkeOverheadBytes);
      assert.deepEqual(hpkeOpen({ recipient, info, ad, sealed }), plaintext);
    }
  });

  test('refuses every changed byte, every shortened message, another key, purpose and context', () => {
    const sealed = seal(Uint8Array.of(7, 8, 9));
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      refused(() => hpkeOpen({ recipient, info, ad, sealed: changed }), 'bad-message', `byte ${at}`);
      refused(() => hpkeOpen({ recipient, info, ad, sealed: sealed.subarray(0, at) }), 'bad-message', `${at} bytes`);
    }
    refused(() => hpkeOpen({ recipient: addressKeyPair(new Uint8Array(32)), info, ad, sealed }), 'bad-message');
    refused(() => hpkeOpen({ recipient, info: ad, ad, sealed }), 'bad-message');
    refused(() => hpkeOpen({ recipient, info, ad: noBytes, sealed }), 'bad-message');
    const ignored = sealed.slice();
    ignored[31]! ^= 0x80;
    refused(() => hpkeOpen({ recipient, info, ad, sealed: ignored }), 'bad-message', 'the bit that X25519 ignores');
  });

  test('refuses keys of small order and messages larger than a frame', () => {
    const randomBytes = () => new Uint8Array(32).fill(4);
    const weak = { recipient: new Uint8Array(32), info, ad, plaintext: noBytes, randomBytes };
    refused(() => hpkeSeal(weak), 'bad-key');
    refused(() => hpkeOpen({ recipient, info, ad, sealed: new Uint8Array(48) }), 'bad-key');
    const largest = limits.frameBytes - hpkeOverheadBytes;
    assert.equal(seal(new Uint8Array(largest)).length, limits.frameBytes);
    refused(() => seal(new Uint8Array(largest + 1)), 'too-large');
    refused(() => hpkeOpen({ recipient, info, ad, sealed: new Uint8Array(limits.frameBytes + 1) }), 'too-large');
  });
});
