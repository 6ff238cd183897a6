/** A sample key with talks: the vault in the page, with a store that forgets. */
import type { Client, KeyMessage } from '@parley/client';
import { Refusal, toBase32 } from '@parley/protocol';
import { markKeyHere } from '../keys/key-mail.ts';
import { type KeyRecord, Vault } from '../keys/vault.ts';
import type { OpenKeyMail } from '../service/key-mail.ts';
import { me } from './data.ts';

const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** Nobody is at this one. */
const silent = keyOf(201);
const talker = keyOf(202);
export const silentKey = `key:${toBase32(silent)}`;

export function sampleKeyMail(withKey: boolean): OpenKeyMail {
  return async (client) => {
    const held = new Map<string, KeyRecord>();
    let drawn = 60;
    const vault = new Vault(
      {
        list: async () => [...held.values()],
        put: async (record) => void held.set(record.address, record),
        remove: async (address) => void held.delete(address),
      },
      { now: Date.now, randomBytes: (length) => new Uint8Array(length).fill(++drawn) },
    );
    if (withKey) await vault.bind({ ...(await vault.make({ label: 'Firefox on Linux' })), account: me.id });
    const { openKeyMail } = await import('../keys/mail.ts');
    const mail = await openKeyMail(client, vault);
    // Other sample screens begin without it.
    markKeyHere(me.id, false);
    return mail;
  };
}

export const sampleKeys: Pick<Client, 'addKey' | 'listenAtKey' | 'sendToKey'> = {
  addKey: async () => undefined,
  listenAtKey: async () => sampleMessages(),
  async sendToKey(_own, to) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (to.every((byte) => byte === silent[0])) throw new Refusal('nobody-there');
    return { deliveredAt: Date.now() };
  },
};

async function* sampleMessages(): AsyncGenerator<KeyMessage, void, void> {
  const message = (id: number, agoMs: number, text: string): KeyMessage => {
    return { from: talker, id: new Uint8Array(16).fill(id), at: Date.now() - agoMs, name: 'Hana', text };
  };
  yield message(1, 240_000, 'Is this **you**? I had the address from Mira.');
  yield message(2, 180_000, 'The harbour cam key is in the usual place.');
  await new Promise(() => {});
}
