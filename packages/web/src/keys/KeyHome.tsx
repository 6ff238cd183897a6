/** One's own address, and writing to another one's. */
import type { Client } from '@parley/client';
import { readKeyAddress } from '@parley/protocol';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import { useState } from 'react';
import screen from '../room/RoomScreen.module.css';
import { navigate } from '../route.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import styles from './Keys.module.css';
import type { KeyMail } from './key-mail.ts';
import { OwnKey } from './OwnKey.tsx';

export function KeyHome({ client, mail, onBack }: { client: Client; mail: KeyMail; onBack(): void }) {
  return (
    <div className={screen.screen}>
      <main className={screen.main}>
        <header className={screen.bar}>
          <IconButton label="Back to rooms" className={screen.back ?? ''} onClick={onBack}>
            <ChevronLeft />
          </IconButton>
          <div className={screen.title}>
            <h1>Messages to a key</h1>
          </div>
        </header>
        <div className={styles.home}>
          <div>
            <section aria-labelledby="own-key">
              <h2 id="own-key">Your address</h2>
              <p>
                Whoever knows it can write to you from any server, wherever you are signed in with the key. What they
                write is encrypted to it, so no server reads it, and nothing is kept: it reaches you while the app is
                open, or not at all. Servers see from where and to which key a message goes.
              </p>
              <OwnKey client={client} mail={mail} />
            </section>
            <section aria-labelledby="write-to-key">
              <h2 id="write-to-key">Write to somebody</h2>
              <WriteTo />
            </section>
          </div>
        </div>
      </main>
    </div>
  );
}

function WriteTo() {
  const [error, setError] = useState<string>();
  return (
    <form
      className={styles.write}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const typed = String(new FormData(event.currentTarget).get('address') ?? '').trim();
        const address = typed.startsWith('key:') ? typed : `key:${typed}`;
        if (readKeyAddress(address)) navigate({ at: 'key', key: address });
        else setError('An address is key: and 52 letters and digits. Ask for all of it.');
      }}
    >
      <Field
        label="Their address"
        name="address"
        mono
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="key:…"
        error={error}
        onChange={() => setError(undefined)}
      />
      <Button type="submit">Write</Button>
    </form>
  );
}
