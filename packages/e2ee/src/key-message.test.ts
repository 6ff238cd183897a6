import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encodeCbor, limits } from '@parley/protocol';
import fc from 'fast-check';
import { addressKey } from './address-key.ts';
import { ed25519PublicKey, ed25519Sign } from './ed25519.ts';
import { E2eeError, type E2eeErrorCode } from './error.ts';
import { hpkeSeal } from './hpke/hpke.ts';
import { ownKey } from './key-message.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const surroundings = { now: () => 1_700_000_000_000, randomBytes: random };
const seedOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const [ada, bob, eve] = [1, 2, 3].map((n) => ownKey(seedOf(n), surroundings));

const rejects = (work: Promise<unknown>, code: E2eeErrorCode): Promise<void> =>
  assert.rejects(work, (error) => error instanceof E2eeError && error.code === code);

test('a message to a key is opened by its owner, who knows for certain who sent it', async () => {
  const sealed = await ada!.seal(bob!.key, { text: 'hello', name: 'Ada' });
  const { id, ...said } = await bob!.open(sealed);
  assert.deepEqual(said, { from: ada!.key, at: 1_700_000_000_000, name: 'Ada', text: 'hello' });
  assert.equal(id.length, 16);
  assert.deepEqual(ada!.key, ed25519PublicKey(seedOf(1)));
  await rejects(eve!.open(sealed), 'bad-message');
  await rejects(ada!.open(sealed), 'bad-message');
});

test('the same words twice are two messages that nobody else can tell to be the same', async () => {
  const [one, two] = [await ada!.seal(bob!.key, { text: 'hello' }), await ada!.seal(bob!.key, { text: 'hello' })];
  assert.notDeepEqual(one, two);
  const [first, second] = [await bob!.open(one), await bob!.open(two)];
  assert.notDeepEqual(first.id, second.id);
  assert.equal(first.name, undefined);
});

test('any text that a message may hold survives, and the largest fits what servers carry', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
      assert.equal((await bob!.open(await ada!.seal(bob!.key, { text }))).text, text);
    }),
    { numRuns: 10 },
  );
  const largest = { text: '\uffff'.repeat(limits.keyText), name: '\uffff'.repeat(limits.displayName) };
  const sealed = await ada!.seal(bob!.key, largest);
  assert.ok(sealed.length <= limits.keyMessageBytes);
  assert.equal((await bob!.open(sealed)).text, largest.text);
  await rejects(ada!.seal(bob!.key, { text: 'x'.repeat(limits.keyText + 1) }), 'too-large');
});

test('what was changed, cut or is no message at all is not opened', async () => {
  const sealed = await ada!.seal(bob!.key, { text: 'hello' });
  for (const at of [0, 31, 32, 60, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    await rejects(bob!.open(changed), 'bad-message');
  }
  for (const length of [0, 1, 47, sealed.length - 1])
    await rejects(bob!.open(sealed.subarray(0, length)), 'bad-message');
  await rejects(bob!.open(new Uint8Array(100)), 'bad-message');
});

/** Sealed to bob by somebody who writes into it what they like. */
function inside(plaintext: Uint8Array): Uint8Array {
  const info = new TextEncoder().encode('parley key message v1');
  return hpkeSeal({ recipient: addressKey(bob!.key), info, ad: bob!.key, plaintext, randomBytes: random });
}

const label = 'parley key message v1';
const id = new Uint8Array(16);

test('nobody sends in the name of another, and no recipient passes a message on as if it were for another', async () => {
  const body = encodeCbor([label, bob!.key, ada!.key, id, 1, null, 'send money']);
  await rejects(bob!.open(inside(encodeCbor([body, ed25519Sign(seedOf(3), body)]))), 'bad-message');
  const forEve = encodeCbor([label, eve!.key, ada!.key, id, 1, null, 'for eve']);
  await rejects(bob!.open(inside(encodeCbor([forEve, ed25519Sign(seedOf(1), forEve)]))), 'bad-message');
  const honest = encodeCbor([label, bob!.key, ada!.key, id, 1, null, 'honest']);
  const opened = await bob!.open(inside(encodeCbor([honest, ed25519Sign(seedOf(1), honest)])));
  assert.equal(opened.text, 'honest');
});

test('what is signed and sealed well but malformed is refused', async () => {
  const key = ada!.key;
  const malformed: unknown[][] = [
    ['parley key message v2', bob!.key, key, id, 1, null, 'x'],
    [label, bob!.key, key, id, 1, null, 'x', 'more'],
    [label, bob!.key, key, id, 1, null],
    [label, bob!.key, key, new Uint8Array(15), 1, null, 'x'],
    [label, bob!.key, key, id, -1, null, 'x'],
    [label, bob!.key, key, id, 1, 5, 'x'],
    [label, bob!.key, key, id, 1, null, 'x'.repeat(limits.keyText + 1)],
    [label, bob!.key, key, id, 1, 'n'.repeat(limits.displayName + 1), 'x'],
    [label, bob!.key, 'ada', id, 1, null, 'x'],
  ];
  for (const fields of malformed) {
    const body = encodeCbor(fields);
    await rejects(bob!.open(inside(encodeCbor([body, ed25519Sign(seedOf(1), body)]))), 'bad-message');
  }
  const body = encodeCbor([label, bob!.key, key, id, 1, null, 'x']);
  const signature = ed25519Sign(seedOf(1), body);
  for (const plaintext of [
    encodeCbor([body, signature, 1]),
    encodeCbor([body]),
    encodeCbor('text'),
    encodeCbor([[body], signature]),
    Uint8Array.of(0x9f, 0xff),
    new Uint8Array(0),
  ])
    await rejects(bob!.open(inside(plaintext)), 'bad-message');
});

test('what is no key is no address', async () => {
  await rejects(ada!.seal(new Uint8Array(32), { text: 'x' }), 'bad-key');
  await rejects(ada!.seal(new Uint8Array(31), { text: 'x' }), 'bad-key');
  assert.throws(() => ownKey(new Uint8Array(31), surroundings), E2eeError);
});
