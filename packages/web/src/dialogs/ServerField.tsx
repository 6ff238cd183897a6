import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import Server from 'lucide-react/icons/server';
import { useId } from 'react';
import { useReadable } from '../ui/useReadable.ts';
import styles from './Dialogs.module.css';
import { useServerChoices } from './useServerChoices.ts';

/** Which server is asked; empty for one's own. */
export function ServerField(props: { client: Client; me: SignedIn; value: string; onChange(value: string): void }) {
  const { client, me, value, onChange } = props;
  const id = useId();
  const own = useReadable(client.server, (info) => info?.server.name);
  const choices = useServerChoices(client, me);
  return (
    <label className={styles.find}>
      <Server />
      <span className="sr">Server</span>
      <input
        type="text"
        placeholder={own ?? 'Server'}
        list={id}
        value={value}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {choices.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  );
}
