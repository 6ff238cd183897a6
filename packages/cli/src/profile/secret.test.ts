import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Failure } from '../exit.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';
import { serverUrl } from './server-url.ts';
import { hiddenLine } from './typed.ts';

test('addresses of one server have one spelling', () => {
  const spelled: [string, string][] = [
    ['localhost:8080', 'http://localhost:8080'],
    ['http://LOCALHOST:8080/', 'http://localhost:8080'],
    ['ws://a.example:80', 'http://a.example'],
    ['wss://a.example/', 'https://a.example'],
    ['https://a.example/chat/', 'https://a.example/chat'],
    ['tcp://a.example:7000', 'tcp://a.example:7000'],
    ['[::1]:9', 'http://[::1]:9'],
  ];
  for (const [typed, expected] of spelled) assert.equal(serverUrl(typed), expected, typed);
});

test('what is no address of a server is refused', () => {
  for (const typed of ['', 'ftp://a', 'http://', 'http://a:b@c', 'http://a/?x', 'http://a/#x', 'a b'])
    assert.throws(() => serverUrl(typed), Failure, typed);
});

test('a password is typed with the keys of a terminal', () => {
  assert.deepEqual(hiddenLine()('secret\r'), { state: 'done', text: 'secret' });
  assert.deepEqual(hiddenLine()('abc\u007f\bd\n'), { state: 'done', text: 'ad' });
  assert.deepEqual(hiddenLine()('abc\u0015x\u0004'), { state: 'done', text: 'x' });
  assert.deepEqual(hiddenLine()('abc\u0003'), { state: 'stopped' });
  assert.deepEqual(hiddenLine()('\u0004'), { state: 'stopped' });
  const line = hiddenLine();
  assert.deepEqual(line('pä'), { state: 'typing' });
  assert.deepEqual(line('ss\r'), { state: 'done', text: 'päss' });
});

test('a key file is its owner’s alone, is never replaced, and signs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-key-'));
  try {
    const path = join(folder, 'key');
    const made = await makeKeyFile(path);
    await assert.rejects(makeKeyFile(path), { code: 'EEXIST' });
    assert.match(await readFile(path, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
    const read = await readKeyFile(path);
    assert.deepEqual(read.publicKey, made.publicKey);
    assert.equal(read.publicKey.length, 32);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(read.publicKey).toString('base64url') };
    const message = new TextEncoder().encode('prove it');
    assert.ok(verify(null, message, { key: jwk, format: 'jwk' }, await read.sign(message)));
    if (process.platform === 'win32') return;
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal(read.isOpen, false);
    await chmod(path, 0o644);
    assert.equal((await readKeyFile(path)).isOpen, true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a file without an Ed25519 key is refused by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-key-'));
  try {
    const path = join(folder, 'key');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    for (const text of ['', 'hello', String(other)]) {
      await writeFile(path, text);
      await assert.rejects(readKeyFile(path), Failure);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
