/**
 * Where messages to keys are had from. What seals and opens them loads when somebody has a key in this browser or asks
 * for one: most people have none.
 */
import type { Client, Readable } from '@parley/client';
import type { KeyMail } from '../keys/key-mail.ts';
import { cell } from './cell.ts';

export interface KeyMailSlot extends Readable<KeyMail | undefined> {
  /** Loads it, once. Rejects where the code cannot be had; may be tried again. */
  load(client: Client): Promise<KeyMail>;
}

export type OpenKeyMail = (client: Client) => Promise<KeyMail>;

const openLater: OpenKeyMail = async (client) => (await import('../keys/mail.ts')).openKeyMail(client);

export function createKeyMailSlot(open: OpenKeyMail = openLater): KeyMailSlot {
  const held = cell<KeyMail | undefined>(undefined);
  let loading: Promise<KeyMail> | undefined;
  const load = async (client: Client): Promise<KeyMail> => {
    try {
      const mail = await open(client);
      held.set(mail);
      return mail;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  return {
    get: held.get,
    subscribe: held.subscribe,
    values: held.values,
    load: (client) => {
      loading ??= load(client);
      return loading;
    },
  };
}
