/** The page's side of the vault: each call is a question to the worker. */
import type { OwnKey } from '@parley/e2ee';
import { type HeldKey, type VaultCode, VaultError, type VaultPort } from './vault-port.ts';

export type Ask = { id: number; call: keyof VaultPort; given: unknown };
export type Answer = { id: number } & ({ reply: unknown } | { code: VaultCode });

interface Waiting {
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

export function openVault(): VaultPort {
  const worker = new Worker(new URL('./key.worker.ts', import.meta.url), { type: 'module', name: 'keys' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('code' in data) asked?.reject(new VaultError(data.code));
    else asked?.resolve(data.reply);
  });
  worker.addEventListener('error', () => {
    for (const asked of waiting.values()) asked.reject(new VaultError('failed'));
    waiting.clear();
  });
  const ask = <N extends keyof VaultPort>(call: N, given?: unknown): ReturnType<VaultPort[N]> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++last;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, call, given } satisfies Ask);
    return promise as ReturnType<VaultPort[N]>;
  };
  return {
    list: () => ask('list'),
    make: (given) => ask('make', given),
    take: (given) => ask('take', given),
    file: (given) => ask('file', given),
    bind: (given) => ask('bind', given),
    remove: (given) => ask('remove', given),
    sign: (given) => ask('sign', given),
    seal: (given) => ask('seal', given),
    open: (given) => ask('open', given),
  };
}

/** A key of the vault as the client uses it. */
export function ownKeyOf(vault: VaultPort, { address, key }: HeldKey): OwnKey {
  return {
    key,
    sign: (message) => vault.sign({ address, message }),
    seal: (to, { text, name }) => vault.seal({ address, to, text, name }),
    open: (sealed) => vault.open({ address, sealed }),
  };
}
