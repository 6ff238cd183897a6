/** Keys of this browser, which load when they are asked for. */
import type { Client } from '@parley/client';
import { useCallback, useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { useReadable } from '../ui/useReadable.ts';
import type { KeyMail } from './key-mail.ts';

export interface LoadedKeyMail {
  mail: KeyMail | undefined;
  error: string | undefined;
  again(): void;
}

export function useKeyMail(client: Client): LoadedKeyMail {
  const { keyMail } = useServices();
  const mail = useReadable(keyMail);
  const [error, setError] = useState<string>();
  const again = useCallback(() => {
    setError(undefined);
    keyMail.load(client).catch(() => setError('The keys of this browser could not be opened.'));
  }, [client, keyMail]);
  useEffect(again, [again]);
  return { mail, error, again };
}
