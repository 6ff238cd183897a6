/** Signing in with a key pair that one holds: one of this browser, or one in a file. The server sees a signature. */
import type { Client } from '@parley/client';
import { type ReactNode, useState } from 'react';
import { KeyFileField } from '../keys/KeyFileField.tsx';
import { type KeyMail, shortAddress } from '../keys/key-mail.ts';
import { useKeyMail } from '../keys/useKeyMail.ts';
import { explainKey } from '../keys/words.ts';
import { deviceName } from '../platform/device.ts';
import { Button } from '../ui/Button.tsx';
import { FormError, Radios } from '../ui/Field.tsx';
import { useReadable } from '../ui/useReadable.ts';
import styles from './Enter.module.css';

export function KeySignIn({ client, place }: { client: Client; place: ReactNode }) {
  const { mail, error, again } = useKeyMail(client);
  return (
    <>
      <h1>Sign in with a key</h1>
      <p className={styles.lead}>
        A key that you added to your account signs you in without the password. Its secret half stays on this device.
      </p>
      {mail && <Form mail={mail} place={place} />}
      {error && (
        <>
          <FormError>{error}</FormError>
          <Button onClick={again}>Try again</Button>
        </>
      )}
    </>
  );
}

const byFile = 'file';

function Form({ mail, place }: { mail: KeyMail; place: ReactNode }) {
  const keys = useReadable(mail.keys);
  const [which, setWhich] = useState(keys[0]?.address ?? byFile);
  const [file, setFile] = useState<File>();
  const [keep, setKeep] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const chosen =
        which === byFile
          ? file && (await mail.take(file, deviceName(navigator.userAgent), keep))
          : keys.find(({ address }) => address === which);
      if (!chosen) setError('Choose the file that holds your key.');
      else await mail.signIn(chosen);
    } catch (thrown) {
      setError(explainKey(thrown));
    } finally {
      setBusy(false);
    }
  };
  const options = [
    ...keys.map(({ address, label }) => ({
      value: address,
      label: shortAddress(address),
      note: `“${label}”`,
    })),
    { value: byFile, label: 'A key in a file' },
  ];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      {place}
      {keys.length > 0 && (
        <Radios legend="Which key?" name="which" value={which} onChange={setWhich} options={options} />
      )}
      {which === byFile && (
        <>
          <KeyFileField onFile={setFile} />
          <label className={styles.keep}>
            <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
            <span>Keep the key in this browser. Not on a device that is not yours.</span>
          </label>
        </>
      )}
      <FormError>{error}</FormError>
      <Button type="submit" look="primary" size="big" busy={busy}>
        {busy ? 'Signing in…' : 'Sign in'}
      </Button>
      <p className="meta">
        No key yet? Sign in with your password and make one under Sessions and keys, or by parley keygen.
      </p>
    </form>
  );
}
