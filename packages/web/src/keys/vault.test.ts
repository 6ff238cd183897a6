import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readKeyAddress } from '@parley/protocol';
import { toPem } from './pem.ts';
import { type KeyRecord, type KeyStore, Vault } from './vault.ts';

function setting() {
  const kept = new Map<string, KeyRecord>();
  const store: KeyStore = {
    list: async () => [...kept.values()],
    put: async (record) => void kept.set(record.address, record),
    remove: async (address) => void kept.delete(address),
  };
  let drawn = 0;
  const vault = () => new Vault(store, { now: () => 7, randomBytes: (length) => new Uint8Array(length).fill(++drawn) });
  return { kept, vault };
}
const fileOf = (byte: number): Blob => new Blob([toPem(new Uint8Array(32).fill(byte))]);

test('a key that is made is kept, seals and opens, and its secret is never told', async () => {
  const all = setting();
  const vault = all.vault();
  const ada = await vault.make({ label: 'laptop' });
  const bob = await vault.make({ label: 'phone' });
  assert.ok(readKeyAddress(ada.address));
  const sealed = await vault.seal({ address: ada.address, to: bob.key, text: 'hello', name: 'Ada' });
  const opened = await all.vault().open({ address: bob.address, sealed });
  assert.deepEqual([opened.text, opened.name, opened.from], ['hello', 'Ada', ada.key]);
  await assert.rejects(vault.open({ address: ada.address, sealed }), { code: 'bad-message' });
  assert.equal(JSON.stringify(await vault.list()).includes('seed'), false);
});

test('a key leaves as a file and comes back as the same key', async () => {
  const one = setting();
  const made = await one.vault().make({ label: 'laptop' });
  const file = await one.vault().file({ address: made.address });
  const other = setting().vault();
  assert.equal((await other.take({ file, label: 'x', keep: true })).address, made.address);
  await assert.rejects(other.take({ file: new Blob(['no key']), label: 'x', keep: true }), { code: 'bad-file' });
  await assert.rejects(other.file({ address: 'key:none' }), { code: 'not-found' });
});

test('one that is not to be kept lasts as long as the vault, and may be kept later', async () => {
  const all = setting();
  const vault = all.vault();
  const passing = await vault.take({ file: fileOf(9), label: 'stick', keep: false });
  assert.equal(passing.isKept, false);
  assert.equal((await vault.bind({ address: passing.address, account: 'ada' })).account, 'ada');
  assert.equal(all.kept.size, 0);
  const held = await vault.take({ file: fileOf(9), label: 'stick', keep: true });
  assert.deepEqual([held.isKept, held.account, all.kept.size], [true, 'ada', 1]);
});

test('an account uses one key here, and one that is removed is gone', async () => {
  const all = setting();
  const vault = all.vault();
  const [one, two] = [await vault.make({ label: 'one' }), await vault.make({ label: 'two' })];
  await vault.bind({ address: one.address, account: 'ada' });
  await vault.bind({ address: two.address, account: 'ada' });
  assert.deepEqual(
    (await all.vault().list()).map(({ account }) => account),
    [undefined, 'ada'],
  );
  await vault.remove({ address: two.address });
  await assert.rejects(vault.sign({ address: two.address, message: new Uint8Array(1) }), { code: 'not-found' });
  assert.equal(all.kept.size, 1);
});

test('there is room for sixteen, and a message is refused where it cannot be sealed', async () => {
  const vault = setting().vault();
  const first = await vault.make({ label: 'x'.repeat(200) });
  assert.equal(first.label.length, 64);
  for (let i = 1; i < 16; i++) await vault.make({ label: 'x' });
  await assert.rejects(vault.make({ label: 'x' }), { code: 'too-many' });
  const seal = (to: Uint8Array, text: string) => vault.seal({ address: first.address, to, text, name: undefined });
  await assert.rejects(seal(new Uint8Array(32), 'x'), { code: 'bad-key' });
  await assert.rejects(seal(first.key, 'x'.repeat(5_000)), { code: 'too-large' });
});
