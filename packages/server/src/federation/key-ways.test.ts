import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refusal } from '@parley/protocol';
import { Ways } from './key-ways.ts';

const drain = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await undefined;
};

/** Links that answer when told, and take a message when told. */
function links(ways: Ways, names: readonly string[]) {
  const answers = new Map<string, (isFound: boolean) => void>();
  const tried = new Map<string, { resolve(at: number): void; reject(error: Error): void }>();
  for (const name of names) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    answers.set(name, resolve);
    ways.ask(promise, name);
  }
  const attempt = (server: string): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    tried.set(server, { resolve, reject });
    return promise;
  };
  return { answers, tried, attempt };
}

const nobody = (): Refusal => new Refusal('nobody-there');

describe('ways to a key', () => {
  it('are known as soon as one link says yes', async () => {
    const ways = new Ways();
    const { answers } = links(ways, ['a', 'b']);
    let found: boolean | undefined;
    void ways.isAny().then((isAny) => (found = isAny));
    answers.get('a')!(false);
    await drain();
    assert.equal(found, undefined);
    answers.get('b')!(true);
    await drain();
    assert.equal(found, true);
    assert.equal(await new Ways().isAny(), false, 'without links there is none');
  });

  it('that come late are tried while the first one is silent', async () => {
    const ways = new Ways();
    const { answers, tried, attempt } = links(ways, ['silent', 'late', 'no']);
    const first = ways.first(attempt, 3);
    answers.get('silent')!(true);
    await drain();
    assert.deepEqual([...tried.keys()], ['silent']);
    answers.get('late')!(true);
    await drain();
    tried.get('late')!.resolve(7);
    assert.equal(await first, 7);
    answers.get('no')!(true);
    await drain();
    assert.deepEqual([...tried.keys()], ['silent', 'late'], 'what is delivered goes no other way');
  });

  it('end with nobody there when all fail, with unavailable when one may have worked', async () => {
    for (const [error, code] of [
      [nobody(), 'nobody-there'],
      [new Refusal('unavailable'), 'unavailable'],
    ] as const) {
      const ways = new Ways();
      const { answers, tried, attempt } = links(ways, ['a', 'b']);
      const first = assert.rejects(ways.first(attempt, 3), { code });
      for (const answer of answers.values()) answer(true);
      await drain();
      tried.get('a')!.reject(error);
      tried.get('b')!.reject(nobody());
      await first;
    }
    await assert.rejects(
      new Ways().first(() => Promise.resolve(1), 3),
      { code: 'nobody-there' },
    );
  });

  it('are tried up to a number', async () => {
    const ways = new Ways();
    const { answers, tried, attempt } = links(ways, ['a', 'b', 'c']);
    const first = assert.rejects(ways.first(attempt, 2), { code: 'nobody-there' });
    for (const answer of answers.values()) answer(true);
    await drain();
    assert.deepEqual([...tried.keys()], ['a', 'b']);
    for (const { reject } of tried.values()) reject(nobody());
    await first;
  });
});
