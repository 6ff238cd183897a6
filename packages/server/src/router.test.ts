import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorBody, encodeCbor, encodeFrame, requestTypes } from '@parley/protocol';
import type { Log } from './log.ts';
import { type TestClient, testServer } from './testing.ts';

const utf8 = new TextEncoder();

/** Sends bytes as they are and gives the next error that comes back. */
async function errorOf(client: TestClient, bytes: Uint8Array): Promise<ErrorBody & { of: number }> {
  const heard = client.errors.length;
  await client.link.send(bytes);
  await client.settle();
  const error = client.errors[heard];
  assert.ok(error, 'no error came');
  return error;
}

describe('a request that is malformed', () => {
  it('gets a typed error and changes nothing, in JSON', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const raw = (text: string) => errorOf(ada, utf8.encode(text));
    const bad: [string, string][] = [
      ['', 'bad-frame'],
      ['{', 'bad-frame'],
      ['[]', 'bad-frame'],
      ['null', 'bad-frame'],
      ['{"id":1}', 'bad-frame'],
      ['{"id":"1","request":"session.ping","payload":{}}', 'bad-frame'],
      ['{"id":-1,"request":"session.ping","payload":{}}', 'bad-frame'],
      ['{"id":1.5,"request":"session.ping","payload":{}}', 'bad-frame'],
      ['{"id":1,"request":"session.ping","payload":{},"more":1}', 'bad-frame'],
      [`{"id":1,"request":"session.ping","payload":${'['.repeat(50)}${']'.repeat(50)}}`, 'bad-frame'],
      ['{"id":7,"request":"nothing.known","payload":{}}', 'unknown-request'],
      ['{"id":7,"request":"__proto__.toString","payload":{}}', 'unknown-request'],
      ['{"id":7,"request":"constructor","payload":{}}', 'unknown-request'],
      ['{"id":7,"request":"entry.appended","payload":{}}', 'unknown-request'],
      ['{"id":7,"request":"session.ping","payload":{"more":1}}', 'bad-request'],
      ['{"id":7,"request":"session.ping","payload":[]}', 'bad-request'],
      ['{"id":7,"request":"session.ping","payload":"x"}', 'bad-request'],
      ['{"id":7,"request":"session.ping","payload":{"__proto__":{"x":1}}}', 'bad-request'],
      ['{"id":7,"request":"sync.start","payload":{"rooms":{"x":{"term":1,"seq":1}}}}', 'bad-request'],
      ['{"id":7,"request":"account.setProfile","payload":{"display":"\\u0000"}}', 'bad-request'],
      ['{"id":7,"request":"account.setProfile","payload":{"display":"\\ud800"}}', 'bad-request'],
      ['{"id":7,"request":"account.setProfile","payload":{"display":""}}', 'bad-request'],
    ];
    for (const [text, code] of bad) assert.equal((await raw(text)).code, code, text);
    assert.equal((await raw('{"id":7,"request":"nothing.known"}')).of, 7);
    const { field } = await raw('{"id":7,"request":"sync.start","payload":{"rooms":{},"extra":1}}');
    assert.equal(field, 'extra');
    assert.deepEqual(await server.db.all('SELECT display FROM person'), [{ display: null }]);
    await ada.link.send(utf8.encode('{"id":900,"request":"sync.start","payload":{"rooms":{"__proto__":{"term":1}}}}'));
    await ada.request('session.ping', {});
    assert.equal(Object.hasOwn(Object.prototype, 'term'), false);
  });

  it('gets a typed error in CBOR too', async () => {
    await using server = await testServer({ encoding: 'cbor' });
    const ada = await server.account('ada');
    const frame = (value: unknown) => errorOf(ada, encodeCbor(value));
    assert.equal((await errorOf(ada, Uint8Array.of(0xff))).code, 'bad-frame');
    assert.equal((await errorOf(ada, Uint8Array.of(0x9b, 255, 255, 255, 255, 255, 255, 255, 255))).code, 'bad-frame');
    assert.equal((await frame({ id: 3, request: 'session.ping', payload: { x: 1 } })).code, 'bad-request');
    assert.equal((await frame({ id: 3, request: 5 })).code, 'bad-frame');
    const proto = encodeCbor({ id: 3, request: 'session.ping', payload: { aaaaaaaaa: 1 } });
    const at = Buffer.from(proto).indexOf('aaaaaaaaa');
    proto.set(utf8.encode('__proto__'), at);
    assert.equal((await errorOf(ada, proto)).code, 'bad-frame');
  });

  it('is answered whatever is left out or added, for every request of the protocol', async () => {
    await using server = await testServer();
    const ada = await server.owner('ada');
    for (const request of requestTypes.keys()) {
      const odd = await errorOf(ada, encodeFrame('json', { id: 9, request, payload: { '\u0000': 1 } }));
      assert.equal(odd.code, request === 'session.signOut' ? odd.code : 'bad-request', request);
      assert.equal(odd.of, 9);
    }
  });
});

describe('a request', () => {
  it('is refused by who may not say it, in the order of trust', async () => {
    await using server = await testServer();
    const nobody = await server.connect();
    const guest = await server.guest('heron');
    const bob = await server.account('bob');
    for (const [name, { from }] of requestTypes) {
      const ask = (client: TestClient) =>
        errorOf(client, encodeFrame('json', { id: 1, request: name, payload: { '\u0000': 1 } }));
      const expected = (allowed: boolean, code: string) => (allowed ? 'bad-request' : code);
      assert.equal((await ask(nobody)).code, expected(from === 'anyone', 'not-signed-in'), name);
      assert.equal((await ask(guest)).code, expected(from === 'anyone' || from === 'guest', 'guests-refused'), name);
      assert.equal((await ask(bob)).code, expected(from !== 'operator', 'forbidden'), name);
    }
  });

  it('that fails inside says so with an id that is in the log, and nothing else', async () => {
    const logged: { fields: object; msg: string }[] = [];
    const log: Log = { debug() {}, info() {}, warn() {}, error: (fields, msg) => logged.push({ fields, msg }) };
    await using server = await testServer({
      log,
      passwords: {
        hash: async (password) => password,
        check: async () => {
          throw new Error('the disk said: secret');
        },
      },
    });
    await server.account('ada');
    const client = await server.connect();
    const payload = { name: 'ada', password: 'correct horse', device: 'x' };
    const error = await errorOf(client, encodeFrame('json', { id: 5, request: 'session.signIn', payload }));
    assert.equal(error.code, 'internal');
    assert.equal(JSON.stringify(error).includes('secret'), false);
    assert.equal(logged.length, 1);
    assert.equal((logged[0]!.fields as { id: string }).id, error.id);
    assert.equal(JSON.stringify(logged).includes('correct horse'), false);
  });

  it('is limited by account and by address, what makes no sense too', async () => {
    await using server = await testServer({ rateFactor: 0.1 });
    const ada = await server.account('ada');
    const codes: string[] = [];
    for (let i = 0; i < 40; i++) {
      codes.push((await errorOf(ada, utf8.encode('{"id":1,"request":"no.such"}'))).code);
      // Whoever is too fast is read slowly.
      if (codes.at(-1) === 'too-fast') await server.advance(2);
    }
    assert.deepEqual([codes[0], codes.at(-1)], ['unknown-request', 'too-fast']);
    const error = await errorOf(ada, utf8.encode('nonsense'));
    assert.equal(error.code, 'too-fast');
    assert.ok(error.retryAfterMs! > 2);
    await server.advance(error.retryAfterMs!);
    assert.equal((await errorOf(ada, utf8.encode('nonsense'))).code, 'bad-frame');
  });

  it('of one who floods costs others behind the same address nothing', async () => {
    await using server = await testServer({ rateFactor: 1 });
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j' });
    const send = (who: TestClient, i: number) =>
      who.request('message.send', { room, clientId: `m${i}`, body: { text: 'x' } }).then(
        () => 'entry',
        ({ code }) => code,
      );
    const flood: string[] = [];
    for (let i = 0; i < 120; i++) {
      flood.push(await send(ada, i));
      if (flood.at(-1) === 'too-fast') await server.advance(2);
    }
    assert.equal(flood.filter((code) => code === 'entry').length, 100);
    assert.equal(await send(bob, 0), 'entry');
  });
});

describe('a connection', () => {
  it('that asks too fast is read slowly, and loses nothing', async () => {
    await using server = await testServer({ rateFactor: 0.1 });
    const ada = await server.account('ada');
    const asked = 60;
    for (let i = 0; i < asked; i++) void ada.link.send(utf8.encode('{"id":1,"request":"no.such"}'));
    await ada.settle();
    const atOnce = ada.errors.length;
    assert.equal(ada.errors.at(-1)?.code, 'too-fast');
    assert.ok(atOnce < asked);
    await server.advance(2);
    assert.equal(ada.errors.length, atOnce + 1);
    for (let i = atOnce + 1; i < asked; i++) await server.advance(2);
    assert.equal(ada.errors.length, asked);
  });
});
