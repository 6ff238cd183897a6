import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { keyProof } from '@parley/protocol';
import { type TestClient, testServer } from './testing.ts';

const password = 'correct horse';
const device = 'test';

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = Uint8Array.fromBase64(publicKey.export({ format: 'jwk' }).x ?? '', { alphabet: 'base64url' });
  return { key, sign: (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)) };
}
type Pair = ReturnType<typeof keyPair>;

const serverOf = async (client: TestClient): Promise<string> =>
  (await client.request('session.hello', { versions: [1], client: 'test' })).server.id;

async function proof(client: TestClient, { sign }: Pair, purpose: 'sign-in' | 'add-key', server?: string) {
  const { challenge } = await client.request('session.challenge', { purpose });
  return sign(keyProof(purpose, server ?? (await serverOf(client)), challenge as Uint8Array));
}

async function withKey(client: TestClient): Promise<Pair> {
  const pair = keyPair();
  const signature = await proof(client, pair, 'add-key');
  await client.request('account.addKey', { key: pair.key, signature, label: 'laptop' });
  return pair;
}

describe('a connection', () => {
  it('says hello first and then who it is', async () => {
    await using server = await testServer();
    const client = server.raw();
    await assert.rejects(client.request('session.ping', {}), { code: 'not-signed-in' });
    await assert.rejects(client.request('account.guest', { device }), { code: 'not-signed-in' });
    await assert.rejects(client.request('session.hello', { versions: [2, 9], client: 'x' }), {
      code: 'unsupported-version',
    });
    const hello = await client.request('session.hello', { versions: [9, 1], client: 'x' });
    assert.deepEqual([hello.version, hello.signUp, hello.guests, hello.server.name], [1, 'open', true, 'test']);
    await assert.rejects(client.request('sync.start', { rooms: {} }), { code: 'not-signed-in' });
    await assert.rejects(client.request('session.list', {}), { code: 'not-signed-in' });
    await client.request('session.ping', {});
  });

  it('is somebody once', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const again = { code: 'already-signed-in' };
    await assert.rejects(ada.request('session.signIn', { name: 'ada', password, device }), again);
    await assert.rejects(ada.request('session.resume', { token: ada.token }), again);
    await assert.rejects(ada.request('account.guest', { device }), again);
    await assert.rejects(ada.request('account.register', { name: 'eve', password, device }), again);
  });

  it('signs in once, however many try at the same time', async () => {
    await using server = await testServer();
    await server.account('ada');
    const bob = await server.account('bob');
    const client = await server.connect();
    const tries = await Promise.allSettled([
      client.request('session.signIn', { name: 'ada', password, device }),
      client.request('session.resume', { token: bob.token }),
      client.request('account.guest', { device }),
    ]);
    assert.deepEqual(
      tries.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    const { sessions } = await client.request('session.list', {});
    assert.equal(sessions.length, 2);
  });

  it('is ended when nobody signs in on it', async () => {
    await using server = await testServer();
    const client = await server.connect();
    await server.advance(300_001);
    assert.equal(await client.link.closed, 'idle');
  });

  it('is closed for a long frame before signing in', async () => {
    await using server = await testServer();
    const client = await server.connect();
    const name = 'x'.repeat(20_000);
    client.request('session.signIn', { name, password, device }).catch(() => {});
    assert.equal(await client.link.closed, 'too-large');
  });
});

describe('a password', () => {
  it('signs in, and another does not', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const client = await server.connect();
    const signIn = (name: string, password: string) => client.request('session.signIn', { name, password, device });
    await assert.rejects(signIn('ada', 'wrong'), { code: 'bad-credentials' });
    await assert.rejects(signIn('eve', password), { code: 'bad-credentials' });
    const signedIn = await signIn('ada', password);
    assert.equal(signedIn.user, ada.user);
    const { sessions } = await ada.request('session.list', {});
    assert.equal(sessions.find(({ current }) => !current)?.id, signedIn.session);
  });

  it('is not short', async () => {
    await using server = await testServer();
    const client = await server.connect();
    const short = client.request('account.register', { name: 'ada', password: '1234567', device });
    await assert.rejects(short, ({ code, detail }) => code === 'bad-request' && detail.field === 'password');
  });

  it('is changed by who knows it, and that ends the other sessions', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const twin = await server.resume(ada.token);
    const phone = await (await server.connect()).signedIn('session.signIn', { name: 'ada', password, device });
    const next = 'battery staple';
    await assert.rejects(ada.request('account.setPassword', { current: 'wrong', next }), { code: 'bad-credentials' });
    await assert.rejects(ada.request('account.setPassword', { current: password, next: 'short' }), {
      code: 'bad-request',
    });
    await ada.request('account.setPassword', { current: password, next });
    assert.equal((await phone.next('session.ended')).code, 'session-ended');
    assert.equal(await phone.link.closed, 'refused');
    await twin.request('session.ping', {});
    await assert.rejects(server.resume(phone.token), { code: 'session-ended' });
    const client = await server.connect();
    await assert.rejects(client.request('session.signIn', { name: 'ada', password, device }), {
      code: 'bad-credentials',
    });
    await client.request('session.signIn', { name: 'ada', password: next, device });
  });

  it('is guessed slowly from one address, and nobody elsewhere is kept out', async () => {
    await using server = await testServer({ rateFactor: 1 });
    await server.account('ada');
    const guess = async (host: string, name: string, password: string) => {
      const client = await server.rawFrom(host);
      await client.request('session.hello', { versions: [1], client: 'x' });
      return client.request('session.signIn', { name, password, device });
    };
    for (let i = 0; i < 10; i++)
      await assert.rejects(guess('198.51.100.7', 'ada', 'wrong'), { code: 'bad-credentials' });
    const refused = await guess('198.51.100.7', 'ada', password).catch((error) => error);
    assert.equal(refused.code, 'too-fast');
    assert.ok(refused.detail.retryAfterMs > 0);
    await guess('198.51.100.8', 'ada', password);
    await server.advance(refused.detail.retryAfterMs);
    await guess('198.51.100.7', 'ada', password);
  });
});

describe('a key', () => {
  it('signs in by a challenge, and is listed and removed', async () => {
    await using server = await testServer({ encoding: 'cbor' });
    const ada = await server.account('ada');
    const pair = await withKey(ada);
    const client = await server.connect();
    const signature = await proof(client, pair, 'sign-in');
    const signedIn = await client.request('session.signInWithKey', { key: pair.key, signature, device });
    assert.equal(signedIn.user, ada.user);
    const { keys } = await ada.request('account.keys', {});
    assert.deepEqual(
      keys.map(({ label }) => label),
      ['laptop'],
    );
    await ada.request('account.removeKey', { key: pair.key });
    await assert.rejects(ada.request('account.removeKey', { key: pair.key }), { code: 'not-found' });
    const next = await server.connect();
    const other = { key: pair.key, signature: await proof(next, pair, 'sign-in'), device };
    await assert.rejects(next.request('session.signInWithKey', other), { code: 'bad-credentials' });
  });

  it('proves nothing twice, late, elsewhere or for another purpose', async () => {
    await using server = await testServer({ encoding: 'cbor' });
    const pair = await withKey(await server.account('ada'));
    const bad = { code: 'bad-challenge' };
    const signIn = (client: TestClient, signature: Uint8Array) =>
      client.request('session.signInWithKey', { key: pair.key, signature, device });

    const none = await server.connect();
    await assert.rejects(signIn(none, new Uint8Array(64)), bad);

    const twice = await server.connect();
    const once = await proof(twice, pair, 'sign-in');
    await assert.rejects(signIn(twice, once.with(0, once[0]! ^ 1)), bad);
    await assert.rejects(signIn(twice, once), bad, 'a wrong try takes the challenge');

    const late = await server.connect();
    const signature = await proof(late, pair, 'sign-in');
    await server.advance(60_001);
    await assert.rejects(signIn(late, signature), bad);

    const [one, two] = [await server.connect(), await server.connect()];
    const foreign = await proof(one, pair, 'sign-in');
    await two.request('session.challenge', { purpose: 'sign-in' });
    await assert.rejects(signIn(two, foreign), bad);

    const purpose = await server.connect();
    await assert.rejects(signIn(purpose, await proof(purpose, pair, 'add-key')), bad);

    const elsewhere = await server.connect();
    await assert.rejects(signIn(elsewhere, await proof(elsewhere, pair, 'sign-in', 'a'.repeat(52))), bad);
  });

  it('is one account’s, and an account has a number of them', async () => {
    await using server = await testServer({ encoding: 'cbor' });
    const ada = await server.account('ada');
    const pair = await withKey(ada);
    const bob = await server.account('bob');
    const signature = await proof(bob, pair, 'add-key');
    await assert.rejects(bob.request('account.addKey', { key: pair.key, signature, label: 'x' }), {
      code: 'duplicate',
    });
    for (let i = 1; i < 16; i++) await withKey(ada);
    await assert.rejects(withKey(ada), { code: 'too-many' });
  });
});

describe('a session', () => {
  it('is listed, and ended from another device with all its tabs', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const phone = await (await server.connect()).signedIn('session.signIn', { name: 'ada', password, device: 'phone' });
    const tab = await server.resume(phone.token);
    const { sessions } = await ada.request('session.list', {});
    assert.deepEqual(sessions.map(({ device, current, online }) => `${device} ${current} ${online}`).sort(), [
      'phone false true',
      'test true true',
    ]);
    const id = sessions.find(({ device }) => device === 'phone')!.id;
    const bob = await server.account('bob');
    await assert.rejects(bob.request('session.revoke', { session: id }), { code: 'not-found' });
    await ada.request('session.revoke', { session: id });
    for (const client of [phone, tab]) {
      assert.equal((await client.next('session.ended')).code, 'session-ended');
      assert.equal(await client.link.closed, 'refused');
    }
    await assert.rejects(server.resume(phone.token), { code: 'session-ended' });
    await assert.rejects(ada.request('session.revoke', { session: id }), { code: 'not-found' });
  });

  it('that ends itself is answered before it closes', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const [own] = (await ada.request('session.list', {})).sessions;
    assert.deepEqual(await ada.request('session.revoke', { session: own!.id }), {});
    assert.equal(await ada.link.closed, 'refused');
    await assert.rejects(server.resume(ada.token), { code: 'session-ended' });
  });

  it('that signs out ends in every tab, and the connection may sign in again', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    const tab = await server.resume(ada.token);
    const bob = await server.account('bob');
    await ada.request('session.signOut', {});
    assert.equal(await tab.link.closed, 'refused');
    await assert.rejects(ada.request('session.list', {}), { code: 'not-signed-in' });
    await assert.rejects(server.resume(ada.token), { code: 'session-ended' });
    await ada.signedIn('session.resume', { token: bob.token });
    const other = await (await server.connect()).signedIn('session.signIn', { name: 'ada', password, device });
    ada.events.length = 0;
    await other.request('message.send', { room, clientId: 'm', body: { text: 'x' } });
    assert.deepEqual(ada.events, [], 'nothing of the one before reaches who came after');
  });

  it('that is revoked while it resumes stays ended', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const phone = await (await server.connect()).signedIn('session.signIn', { name: 'ada', password, device: 'phone' });
    const id = (await ada.request('session.list', {})).sessions.find((one) => one.device === 'phone')!.id;
    const late = await server.connect();
    const [resumed] = await Promise.allSettled([
      late.request('session.resume', { token: phone.token }),
      ada.request('session.revoke', { session: id }),
    ]);
    const ping = await late.request('session.list', {}).catch((error) => error.code ?? error.name);
    assert.ok(resumed.status === 'rejected' || ping === 'LinkClosed' || late.events.length > 0);
    assert.notEqual(typeof ping, 'object', 'nobody acts in it');
  });

  it('that is revoked while an act of it is under way acts no more', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    const phone = await (await server.connect()).signedIn('session.signIn', { name: 'ada', password, device: 'phone' });
    const id = (await ada.request('session.list', {})).sessions.find((one) => one.device === 'phone')!.id;
    await ada.request('session.revoke', { session: id });
    await phone.request('message.send', { room, clientId: 'm', body: { text: 'late' } }).catch(() => {});
    const { entries } = await ada.request('history.page', { room, limit: 9, show: 'rows' });
    assert.equal(entries.length, 1);
  });

  it('is one of so many', async () => {
    await using server = await testServer();
    await server.account('ada');
    const signIn = async () => (await server.connect()).request('session.signIn', { name: 'ada', password, device });
    for (let i = 1; i < 50; i++) await signIn();
    await assert.rejects(signIn(), { code: 'too-many' });
  });
});

describe('signing up', () => {
  it('needs an invite where it is not open, good for as many as it says and as long', async () => {
    await using server = await testServer({ signUpOpen: false });
    const register = async (name: string, invite?: string) =>
      (await server.connect()).signedIn('account.register', { name, password, device, ...(invite ? { invite } : {}) });
    await assert.rejects(register('ada'), { code: 'sign-up-closed' });
    await assert.rejects(register('ada', 'nonsense'), { code: 'bad-invite' });
    const ada = await register('ada', server.home.ownerSecret);
    await ada.request('account.claim', { secret: server.home.ownerSecret! });
    await assert.rejects(register('eve', server.home.ownerSecret), { code: 'bad-invite' }, 'the owner link is used');
    const two = await ada.request('invite.create', { uses: 2, expiresMs: 3_600_000 });
    await register('bob', two.code);
    await assert.rejects(register('bob', two.code), { code: 'name-taken' });
    assert.equal((await ada.request('invite.list', {})).invites[0]?.usesLeft, 1, 'a failed try takes none');
    await register('cleo', two.code);
    await assert.rejects(register('dan', two.code), { code: 'bad-invite' });
    const late = await ada.request('invite.create', { uses: 1, expiresMs: 60_000 });
    const revoked = await ada.request('invite.create', { uses: 1, expiresMs: 3_600_000 });
    await ada.request('invite.revoke', { code: revoked.code });
    await assert.rejects(ada.request('invite.revoke', { code: revoked.code }), { code: 'not-found' });
    await assert.rejects(register('dan', revoked.code), { code: 'bad-invite' });
    await server.advance(60_001);
    await assert.rejects(register('dan', late.code), { code: 'bad-invite' });
    assert.deepEqual((await ada.request('invite.list', {})).invites, []);
    const bob = await (await server.connect()).signedIn('session.signIn', { name: 'bob', password, device });
    await assert.rejects(bob.request('invite.create', { uses: 1, expiresMs: 60_000 }), { code: 'forbidden' });
  });

  it('takes a name once, and the secret of the owner once', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    await assert.rejects(server.account('ada'), { code: 'name-taken' });
    await assert.rejects(bob.request('account.claim', { secret: 'guess' }), { code: 'bad-credentials' });
    const secret = server.home.ownerSecret!;
    const claims = await Promise.allSettled([
      ada.request('account.claim', { secret }),
      bob.request('account.claim', { secret }),
    ]);
    assert.deepEqual(claims.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await ada.next('account.changed')).serverRole, 'owner');
    const again = await (await server.connect()).request('session.signIn', { name: 'ada', password, device });
    assert.equal(again.serverRole, 'owner');
  });

  it('of a bot gives its token once', async () => {
    await using server = await testServer();
    const ada = await server.owner('ada');
    const bot = await ada.request('session.issue', { name: 'logger', device: 'cron' });
    assert.equal(bot.kind, 'bot');
    const client = await server.resume(bot.token);
    assert.equal(client.user, bot.user);
    await assert.rejects(ada.request('session.issue', { name: 'ada', device: 'x' }), { code: 'name-taken' });
    const bob = await server.account('bob');
    await assert.rejects(bob.request('session.issue', { name: 'spy', device: 'x' }), { code: 'forbidden' });
    const other = await server.connect();
    await assert.rejects(other.request('session.signIn', { name: 'logger', password, device }), {
      code: 'bad-credentials',
    });
  });
});
