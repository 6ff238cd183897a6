/** JSON-RPC 2.0 [jsonrpc.org/specification], one message a line: what comes in is answered, in any order. */
import { errors, isErrorCode, Refusal } from '@parley/protocol';
import { Failure } from '../exit.ts';

/** A method gets the params by name; what it returns is the result. */
export type Method = (params: Readonly<Record<string, unknown>>) => Promise<unknown>;

export const rpcCodes = {
  parse: -32_700,
  request: -32_600,
  method: -32_601,
  params: -32_602,
  refused: -32_000,
} as const;

/** The params are of the wrong form. */
export class BadParams extends Error {}

type Id = string | number | null;
interface ErrorObject {
  code: number;
  message: string;
  data?: unknown;
}

/** The answer to one line, as text without a line feed; undefined when there is nothing to answer. */
export async function answerLine(line: string, methods: ReadonlyMap<string, Method>): Promise<string | undefined> {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return JSON.stringify(failed(null, { code: rpcCodes.parse, message: 'not JSON' }));
  }
  if (!Array.isArray(message)) {
    const answer = await answerOne(message, methods);
    return answer && JSON.stringify(answer);
  }
  if (message.length === 0) return JSON.stringify(failed(null, { code: rpcCodes.request, message: 'an empty batch' }));
  const answers = await Promise.all(message.map((one) => answerOne(one, methods)));
  const said = answers.filter((answer) => answer !== undefined);
  return said.length > 0 ? JSON.stringify(said) : undefined;
}

/** A message to the other side that wants no answer. */
export const notification = (method: string, params: object): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params });

async function answerOne(message: unknown, methods: ReadonlyMap<string, Method>): Promise<object | undefined> {
  if (!isRecord(message) || message.jsonrpc !== '2.0' || typeof message.method !== 'string') return badRequest(message);
  const { id, method: name, params = {} } = message;
  if (id !== undefined && !isId(id)) return badRequest(message);
  const method = methods.get(name);
  const answer = await outcome(name, method, params);
  // Without an id it is a notification: it is never answered, not even when it fails.
  if (id === undefined) return undefined;
  return 'error' in answer ? failed(id, answer.error) : { jsonrpc: '2.0', id, result: answer.result };
}

async function outcome(
  name: string,
  method: Method | undefined,
  params: unknown,
): Promise<{ result: unknown } | { error: ErrorObject }> {
  if (!method) return { error: { code: rpcCodes.method, message: `there is no method ${name}` } };
  if (!isRecord(params)) return { error: { code: rpcCodes.params, message: 'params are given by name' } };
  try {
    return { result: (await method(params)) ?? null };
  } catch (error) {
    return { error: errorObject(error) };
  }
}

function errorObject(error: unknown): ErrorObject {
  if (error instanceof BadParams) return { code: rpcCodes.params, message: error.message };
  if (error instanceof Refusal) {
    const { code, message, detail } = error;
    return { code: rpcCodes.refused, message, data: { code, retryable: errors[code].retry, ...detail } };
  }
  if (error instanceof Failure) {
    const { code, message } = error;
    return { code: rpcCodes.refused, message, data: { code, retryable: isErrorCode(code) && errors[code].retry } };
  }
  throw error;
}

function badRequest(message: unknown): object {
  const id = isRecord(message) && isId(message.id) ? message.id : null;
  return failed(id, { code: rpcCodes.request, message: 'not a JSON-RPC 2.0 request' });
}

const failed = (id: Id, error: ErrorObject): object => ({ jsonrpc: '2.0', id, error });
const isId = (value: unknown): value is Id => value === null || typeof value === 'string' || typeof value === 'number';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
