import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fromBase32 } from '@parley/protocol';
import { verify } from './crypto.ts';
import { openIdentity } from './identity.ts';
import { StartError } from './start-error.ts';

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-identity-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const text = new TextEncoder().encode('hello');

describe('the identity', () => {
  it('is made once and read again', () =>
    inFolder(async (parent) => {
      const folder = join(parent, 'data');
      const made = openIdentity({ folder, mayCreate: true });
      const read = openIdentity({ folder, mayCreate: false });
      assert.equal(read.id, made.id);
      assert.deepEqual(fromBase32(made.id), made.publicKey);
      assert.ok(verify(made.publicKey, text, read.sign(text)));
      assert.deepEqual(await readdir(folder), ['identity']);
      assert.equal((await stat(join(folder, 'identity'))).mode & 0o777, 0o600);
    }));

  it('differs from server to server', () =>
    inFolder(async (folder) => {
      const one = openIdentity({ folder: join(folder, '1'), mayCreate: true });
      const two = openIdentity({ folder: join(folder, '2'), mayCreate: true });
      assert.notEqual(one.id, two.id);
    }));

  it('is not made anew where there is data of an earlier one', () =>
    inFolder(async (folder) => {
      assert.throws(() => openIdentity({ folder, mayCreate: false }), StartError);
      assert.deepEqual(await readdir(folder), []);
    }));

  it('is refused when others can read it', () =>
    inFolder(async (folder) => {
      openIdentity({ folder, mayCreate: true });
      await chmod(join(folder, 'identity'), 0o644);
      assert.throws(() => openIdentity({ folder, mayCreate: true }), /chmod 600/);
    }));

  it('is refused, and kept as it is, when it is no Ed25519 key', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'identity');
      const whole = openIdentity({ folder, mayCreate: true }) && (await readFile(path, 'utf8'));
      const rsa = '-----BEGIN PRIVATE KEY-----\nMFECAQEwBQYDK2VuBCIEIA==\n-----END PRIVATE KEY-----\n';
      for (const garbage of ['', 'garbage', whole.slice(0, 80), rsa]) {
        await writeFile(path, garbage);
        assert.throws(() => openIdentity({ folder, mayCreate: true }), StartError);
        assert.equal(await readFile(path, 'utf8'), garbage);
      }
    }));

  it('is refused with one line when the place cannot be used', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      for (const place of [join(folder, 'file'), join(folder, 'file', 'below')]) {
        assert.throws(
          () => openIdentity({ folder: place, mayCreate: true }),
          (error) => error instanceof StartError && !error.message.includes('\n') && error.message.includes(place),
        );
      }
    }));
});
