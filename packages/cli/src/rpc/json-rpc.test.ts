import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '@parley/protocol';
import { exits, Failure } from '../exit.ts';
import { answerLine, BadParams, type Method, notification } from './json-rpc.ts';
import { LineTooLong, linesOf } from './lines.ts';

const methods = new Map<string, Method>([
  ['add', async ({ a, b }) => Number(a) + Number(b)],
  ['nothing', async () => undefined],
  ['refuse', async () => Promise.reject(new Refusal('muted'))],
  ['far', async () => Promise.reject(new Failure(exits.network, 'unavailable', 'it cannot be asked now'))],
  ['strict', async () => Promise.reject(new BadParams('a is a text'))],
]);
const ask = async (message: unknown): Promise<unknown> => {
  const answer = await answerLine(typeof message === 'string' ? message : JSON.stringify(message), methods);
  return answer === undefined ? undefined : JSON.parse(answer);
};
const call = (method: string, params?: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', method, params, id });

test('answers a request with its result under its id', async () => {
  assert.deepEqual(await ask(call('add', { a: 1, b: 2 }, 'x')), { jsonrpc: '2.0', id: 'x', result: 3 });
  assert.deepEqual(await ask(call('nothing')), { jsonrpc: '2.0', id: 1, result: null });
  assert.deepEqual(await ask(call('nothing', undefined, null)), { jsonrpc: '2.0', id: null, result: null });
});

test('never answers a notification, not even a wrong one', async () => {
  assert.equal(await ask({ jsonrpc: '2.0', method: 'add', params: { a: 1 } }), undefined);
  assert.equal(await ask({ jsonrpc: '2.0', method: 'no such' }), undefined);
});

test('errors have the codes of the specification', async () => {
  const code = async (message: unknown) => ((await ask(message)) as { error: { code: number } }).error.code;
  assert.equal(await code('{"jsonrpc": "2.0", "method"'), -32_700);
  for (const wrong of [
    1,
    'null',
    '"x"',
    '[]',
    { method: 'add', id: 1 },
    { jsonrpc: '2.0', id: 1 },
    call('add', {}, {}),
  ])
    assert.equal(await code(wrong), -32_600, JSON.stringify(wrong));
  assert.equal(await code(call('no such')), -32_601);
  assert.equal(await code(call('add', [1, 2])), -32_602);
  assert.equal(await code(call('strict')), -32_602);
});

test('a refusal says its code and whether to try again', async () => {
  assert.deepEqual(await ask(call('refuse')), {
    jsonrpc: '2.0',
    id: 1,
    error: { code: -32_000, message: 'You are muted in this room.', data: { code: 'muted', retryable: false } },
  });
});

test('a failure with the code of an error says whether to try again as the error does', async () => {
  const { error } = (await ask(call('far'))) as { error: { data: unknown } };
  assert.deepEqual(error.data, { code: 'unavailable', retryable: true });
});

test('a batch is answered as one, without its notifications', async () => {
  const batch = [call('add', { a: 1, b: 1 }, 1), { jsonrpc: '2.0', method: 'nothing' }, 7];
  assert.deepEqual(await ask(batch), [
    { jsonrpc: '2.0', id: 1, result: 2 },
    { jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'not a JSON-RPC 2.0 request' } },
  ]);
  assert.equal(await ask([{ jsonrpc: '2.0', method: 'nothing' }]), undefined);
  assert.equal(notification('entry', { seq: 1 }), '{"jsonrpc":"2.0","method":"entry","params":{"seq":1}}');
});

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* parts;
}
const lines = async (input: AsyncIterable<unknown>, max = 10) => {
  const got: string[] = [];
  for await (const line of linesOf(input, max)) got.push(line);
  return got;
};

test('lines come whole, however the bytes were cut', async () => {
  const bytes = new TextEncoder().encode('häh\nx');
  assert.deepEqual(await lines(chunks('a\nb', 'c\r\n\nd')), ['a', 'bc', '', 'd']);
  assert.deepEqual(await lines(chunks(bytes.slice(0, 2), bytes.slice(2))), ['häh', 'x']);
  assert.deepEqual(await lines(chunks()), []);
});

test('a line beyond the limit ends it', async () => {
  await assert.rejects(lines(chunks('x'.repeat(11))), LineTooLong);
  await assert.rejects(lines(chunks(`${'x'.repeat(11)}\n`)), LineTooLong);
});
