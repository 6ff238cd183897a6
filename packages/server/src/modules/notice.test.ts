import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSqliteInMemory } from '../main.ts';
import { type TestClient, testServer } from '../testing.ts';

const told = (who: TestClient): (string | undefined)[] =>
  who.events.flatMap(({ event, payload }) => (event === 'notice.changed' ? [payload.notice?.text] : []));

describe('a notice of the server', () => {
  it('is told to everybody who is signed in, stands until it is replaced or withdrawn, and over a restart', async () => {
    const db = openSqliteInMemory();
    const server = await testServer({ db });
    const ada = await server.owner('ada');
    const bob = await server.account('bob');
    const gil = await server.guest('gil');
    const nobody = await server.connect();
    assert.deepEqual(await gil.request('notice.get', {}), {});
    const { notice: first } = await ada.request('notice.set', { text: '  Down at ten. ' });
    const { notice: second } = await ada.request('notice.set', { text: 'Down at eleven.' });
    assert.ok(second.at > first.at);
    for (const who of [ada, bob, gil]) assert.deepEqual(told(who), ['Down at ten.', 'Down at eleven.']);
    assert.deepEqual(told(nobody), []);
    await assert.rejects(nobody.request('notice.get', {}), { code: 'not-signed-in' });
    assert.deepEqual(await (await server.guest('late')).request('notice.get', {}), { notice: second });

    const image = server.image();
    await server.home.close();
    const again = await testServer({ db: openSqliteInMemory(image) });
    const owner = await again.resume(ada.token);
    assert.deepEqual(await owner.request('notice.get', {}), { notice: second });
    await owner.request('notice.withdraw', {});
    assert.deepEqual([told(owner), await owner.request('notice.get', {})], [[undefined], {}]);
    await assert.rejects(owner.request('notice.withdraw', {}), { code: 'not-found' });
    await again.home.close();
  });

  it('is for those who run the server to set, and says something', async () => {
    const server = await testServer({});
    const ada = await server.owner('ada');
    const bob = await server.account('bob');
    await assert.rejects(bob.request('notice.set', { text: 'x' }), { code: 'forbidden' });
    await assert.rejects(bob.request('notice.withdraw', {}), { code: 'forbidden' });
    await assert.rejects(ada.request('notice.set', { text: ' \n ' }), { code: 'bad-request' });
    await assert.rejects(ada.request('notice.set', { text: 'x'.repeat(1_001) }), { code: 'bad-request' });
    await server.home.close();
  });
});
