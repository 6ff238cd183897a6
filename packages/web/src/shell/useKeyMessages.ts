/** Keys that this account has here are listened at as soon as nothing else waits; what comes is told wherever one is. */
import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import { useEffect } from 'react';
import { hasKeyHere, type KeyMail, shortAddress } from '../keys/key-mail.ts';
import { whenSettled } from '../platform/settled.ts';
import { navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { useReadable } from '../ui/useReadable.ts';

export function useKeyMessages(client: Client, me: SignedIn): KeyMail | undefined {
  const { keyMail, toasts } = useServices();
  const mail = useReadable(keyMail);
  const { user } = me;
  useEffect(() => {
    if (!hasKeyHere(user)) return;
    return whenSettled(client, () => void keyMail.load(client).catch(() => undefined));
  }, [client, keyMail, user]);
  useEffect(() => {
    if (!mail) return;
    // One note for each talk; who reads it needs none.
    const notes = new Map<string, number>();
    const close = (address: string) => {
      const note = notes.get(address);
      notes.delete(address);
      if (note !== undefined) toasts.close(note);
    };
    const stopMessages = mail.onMessage(({ address, name }) => {
      close(address);
      const text = `${name ?? shortAddress(address)} wrote to your key`;
      const run = () => navigate({ at: 'key', key: address });
      notes.set(address, toasts.show({ text, action: { label: 'Show', run } }));
    });
    const stopTalks = mail.talks.subscribe(() => {
      for (const { address, unread } of mail.talks.get()) if (unread === 0) close(address);
    });
    return () => {
      stopMessages();
      stopTalks();
    };
  }, [mail, toasts]);
  return mail;
}
