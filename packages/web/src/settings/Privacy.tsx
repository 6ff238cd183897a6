import type { PrivacyRules } from '@parley/protocol';
import { useCallback, useEffect } from 'react';
import { follow } from '../room/onEntries.ts';
import { useServices } from '../service/services.tsx';
import { explain } from '../ui/explain.ts';
import { Checks } from '../ui/Field.tsx';
import type { PageProps } from './page.ts';
import styles from './Settings.module.css';
import { useLoaded } from './useLoaded.ts';

const rules: readonly { value: keyof PrivacyRules; label: string; note: string }[] = [
  { value: 'typing', label: 'That you are typing', note: 'In the room, while you write' },
  { value: 'presence', label: 'That you are there', note: 'Whether you are online or away; else you seem offline' },
  {
    value: 'receipts',
    label: 'How far you have read',
    note: 'Your picture at the last message that you read, in rooms of up to 100 people',
  },
];

/** What others are told of one; each is set at once, and taken back where the server does not take it. */
export function Privacy({ client }: PageProps) {
  const { toasts } = useServices();
  const { value, error, set, reload } = useLoaded(useCallback(() => client.request('privacy.get', {}), [client]));
  useEffect(() => {
    const stop = new AbortController();
    void follow(client, stop.signal, ({ event }) => event === 'privacy.changed' && reload());
    return () => stop.abort();
  }, [client, reload]);
  const change = (rule: keyof PrivacyRules, isTold: boolean) => {
    if (!value) return;
    const { typing, presence, receipts } = value;
    const wanted = { typing, presence, receipts, [rule]: isTold };
    set(() => wanted);
    client.request('privacy.set', wanted).catch((thrown: unknown) => {
      reload();
      toasts.show({ text: explain(thrown), tone: 'bad' });
    });
  };
  return (
    <section className={styles.choices}>
      <p className={styles.about}>
        This holds on all your devices. It says what other people are told; your own server knows it either way.
      </p>
      {error && <p className={styles.none}>{error}</p>}
      {value && (
        <Checks
          legend="Others are told"
          isChecked={(rule) => value[rule]}
          onChange={(rule, isTold) => change(rule, isTold)}
          options={rules}
        />
      )}
    </section>
  );
}
