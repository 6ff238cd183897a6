/** The key of this account in this browser: its address, what comes there, and how it leaves and enters the browser. */
import type { Client } from '@parley/client';
import Check from 'lucide-react/icons/check';
import Clock from 'lucide-react/icons/clock';
import Copy from 'lucide-react/icons/copy';
import Download from 'lucide-react/icons/download';
import { useState } from 'react';
import { deviceName } from '../platform/device.ts';
import { copyText } from '../room/clipboard.ts';
import { useServices } from '../service/services.tsx';
import { Button } from '../ui/Button.tsx';
import { FormError } from '../ui/Field.tsx';
import { useReadable } from '../ui/useReadable.ts';
import { KeyFileField } from './KeyFileField.tsx';
import styles from './Keys.module.css';
import { type KeyMail, type KeyPlace, shortAddress } from './key-mail.ts';
import { explainKey } from './words.ts';

export interface OwnKeyProps {
  client: Client;
  mail: KeyMail;
  /** Which keys sign in has changed. */
  onChange?(): void;
}

export function OwnKey(props: OwnKeyProps) {
  const place = useReadable(props.mail.own);
  const [leaving, setLeaving] = useState<string>();
  if (place && place.held.address !== leaving) return <Held {...props} place={place} onLeave={setLeaving} />;
  return <NoKey {...props} />;
}

function NoKey({ client, mail, onChange }: OwnKeyProps) {
  const { toasts } = useServices();
  const [byFile, setByFile] = useState(false);
  const [file, setFile] = useState<File>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const label = deviceName(navigator.userAgent);
  const attempt = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      onChange?.();
    } catch (thrown) {
      setError(explainKey(thrown));
    } finally {
      setBusy(false);
    }
  };
  const make = () =>
    attempt(async () => {
      const key = await mail.make(label);
      if (client.me.get()?.kind === 'guest') return;
      await mail.letSignIn(key).then(
        () => toasts.show({ text: 'Your key is made, and signs in to this account' }),
        (thrown: unknown) =>
          toasts.show({ text: `Your key is made, but does not sign in. ${explainKey(thrown)}`, tone: 'bad' }),
      );
    });
  const take = () =>
    attempt(async () => {
      if (!file) throw new TypeError('no file');
      await mail.use(await mail.take(file, label, true));
    });
  if (!byFile)
    return (
      <div className={styles.own}>
        <p className="row">
          <Button look="primary" busy={busy} onClick={() => void make()}>
            Make a key
          </Button>
          <Button look="ghost" onClick={() => setByFile(true)}>
            Use one that I have
          </Button>
        </p>
        <FormError>{error}</FormError>
      </div>
    );
  return (
    <div className={styles.own}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && file) void take();
        }}
      >
        <KeyFileField onFile={setFile} />
        <FormError>{error}</FormError>
        <p className="row">
          <Button type="submit" look="primary" busy={busy} disabled={!file}>
            Use this key
          </Button>
          <Button look="ghost" onClick={() => setByFile(false)}>
            Cancel
          </Button>
        </p>
      </form>
    </div>
  );
}

function Held(props: OwnKeyProps & { place: KeyPlace; onLeave(address: string | undefined): void }) {
  const { client, mail, place, onLeave } = props;
  const { toasts } = useServices();
  const { held } = place;
  const { address } = held;
  const failed = (error: unknown) => void toasts.show({ text: explainKey(error), tone: 'bad' });
  const copy = async () => {
    const ok = await copyText(address);
    toasts.show(ok ? { text: 'Your address is copied' } : { text: 'It could not be copied', tone: 'bad' });
  };
  const save = () => void mail.file(held).then((file) => saveFile(file, address), failed);
  const remove = () => {
    onLeave(address);
    toasts.show({
      text: 'The key is removed from this browser',
      undo: () => onLeave(undefined),
      commit: () => mail.remove(held).then(() => onLeave(undefined), failed),
    });
  };
  return (
    <div className={styles.own}>
      <code className={styles.address}>{address}</code>
      <State client={client} place={place} />
      <p className="row">
        <Button onClick={() => void copy()}>
          <Copy />
          Copy the address
        </Button>
        <Button look="ghost" onClick={save}>
          <Download />
          Save the key as a file
        </Button>
        <Button look="ghost" onClick={remove}>
          Remove from this browser
        </Button>
      </p>
      <p className="meta">
        {held.isKept
          ? 'The key is kept in this browser: whoever can open it here can use it. The file is the key itself, so keep it where nobody else reads it.'
          : 'The key is not kept: it is gone when this page is closed.'}
      </p>
    </div>
  );
}

function State({ client, place }: { client: Client; place: KeyPlace }) {
  const isOnline = useReadable(client.status, ({ state }) => state === 'online');
  if (place.state === 'refused')
    return (
      <p className={`${styles.state} ${styles.refused}`} role="status">
        Messages to it cannot come here: the server refused ({place.code}).
      </p>
    );
  const isHere = place.state === 'here' && isOnline;
  return (
    <p className={`${styles.state} ${isHere ? styles.here : ''}`} role="status">
      {isHere ? <Check /> : <Clock />}
      {isHere ? 'Messages to this address come here while the app is open.' : 'Waiting for the server.'}
    </p>
  );
}

function saveFile(file: Blob, address: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = `parley-${shortAddress(address).replace(/\W+/g, '-')}.pem`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
