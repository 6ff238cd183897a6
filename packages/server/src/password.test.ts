import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refusal } from '@parley/protocol';
import { type Argon2Cost, createPasswords, type Passwords } from './password.ts';
import { createVirtualRuntime } from './runtime-virtual.ts';

/** The least that Argon2 takes, so that tests are quick. */
const cheap: Argon2Cost = { memoryKiB: 8, passes: 1, parallelism: 1 };

const make = (cost: Argon2Cost | undefined = cheap): Passwords =>
  createPasswords({ randomBytes: createVirtualRuntime().randomBytes, cost });

describe('passwords', () => {
  it('are right only as they were set', async () => {
    const passwords = make();
    const stored = await passwords.hash('correct horse');
    assert.deepEqual(await passwords.check('correct horse', stored), { isRight: true, isOutdated: false });
    for (const wrong of ['', 'correct hors', 'correct horse ', 'Correct horse']) {
      assert.deepEqual(await passwords.check(wrong, stored), { isRight: false, isOutdated: false });
    }
  });

  it('are stored at the cost that is recommended, each with a salt of its own', async () => {
    const passwords = createPasswords({ randomBytes: createVirtualRuntime().randomBytes });
    const stored = await passwords.hash('p');
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.notEqual(await passwords.hash('p'), stored);
  });

  it('of other programs are read', async () => {
    // The reference program: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
    const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    assert.deepEqual(await make().check('password', stored), { isRight: true, isOutdated: true });
  });

  it('hashed at another cost are outdated, if right', async () => {
    const stored = await make().hash('p');
    const dearer = make({ ...cheap, passes: 2 });
    assert.deepEqual(await dearer.check('p', stored), { isRight: true, isOutdated: true });
    assert.deepEqual(await dearer.check('q', stored), { isRight: false, isOutdated: false });
  });

  it('are the same however a keyboard composes letters', async () => {
    const passwords = make();
    assert.equal((await passwords.check('cafe\u0301', await passwords.hash('caf\u00e9'))).isRight, true);
  });

  it('of a name that nobody has are always wrong', async () => {
    assert.deepEqual(await make().check('p', undefined), { isRight: false, isOutdated: false });
  });

  it('in a form that is not ours throw', async () => {
    const stored = await make().hash('p');
    const bad = [
      '',
      'p',
      stored.replace('argon2id', 'argon2i'),
      stored.replace('v=19', 'v=16'),
      stored.replace('m=8', 'm=9999999'),
      stored.replace('t=1', 't=99'),
      stored.slice(0, -30),
      `${stored}$`,
    ];
    for (const text of bad) await assert.rejects(make().check('p', text), Error, text);
  });

  it('are refused as too fast when too many wait, and work again afterwards', async () => {
    const passwords = make();
    const results = await Promise.allSettled(Array.from({ length: 110 }, () => passwords.hash('p')));
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 8);
    for (const { reason } of refused) {
      assert.ok(reason instanceof Refusal && reason.code === 'too-fast' && (reason.detail.retryAfterMs ?? 0) > 0);
    }
    assert.ok(await passwords.hash('p'));
  });
});
