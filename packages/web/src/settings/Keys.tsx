import { keyAddress } from '@parley/protocol';
import KeyRound from 'lucide-react/icons/key-round';
import { useCallback, useEffect, useState } from 'react';
import { type KeyMail, shortAddress } from '../keys/key-mail.ts';
import { useKeyMail } from '../keys/useKeyMail.ts';
import type { HeldKey } from '../keys/vault-port.ts';
import { explainKey } from '../keys/words.ts';
import { useServices } from '../service/services.tsx';
import { Tag } from '../ui/Badge.tsx';
import { Button, LinkButton } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { later } from '../ui/later.tsx';
import { ago, fullTime } from '../ui/time.ts';
import type { PageProps } from './page.ts';
import styles from './Settings.module.css';
import { useLoaded } from './useLoaded.ts';

const OwnKey = later(() => import('../keys/OwnKey.tsx').then((module) => module.OwnKey));

/** Which keys sign in, and the one of this account in this browser. */
export function SignInKeys({ client }: PageProps) {
  const { toasts } = useServices();
  const keys = useLoaded(useCallback(() => client.request('account.keys', {}), [client]));
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const { mail, error, again } = useKeyMail(client);
  const here = useHere(mail);
  const own = here.own;
  const isStranger = own !== undefined && keys.value?.keys.every(({ key }) => keyAddress(key) !== own.address);
  const letSignIn = async (to: KeyMail) => {
    if (!own) return;
    await to.letSignIn(own).catch((thrown: unknown) => toasts.show({ text: explainKey(thrown), tone: 'bad' }));
    keys.reload();
  };
  const shown = keys.value?.keys.filter(({ key }) => !leaving.has(keyAddress(key))) ?? [];
  const remove = (key: Uint8Array, label: string) => {
    const name = keyAddress(key);
    setLeaving((held) => new Set(held).add(name));
    const back = () => setLeaving((held) => new Set([...held].filter((other) => other !== name)));
    toasts.show({
      text: `The key “${label}” is removed`,
      undo: back,
      commit: () =>
        client.request('account.removeKey', { key }).then(keys.reload, (error: unknown) => {
          back();
          toasts.show({ text: explain(error), tone: 'bad' });
        }),
    });
  };
  return (
    <>
      <section>
        <div className={styles.head}>
          <h2>Your key in this browser</h2>
        </div>
        <p className={styles.about}>
          People anywhere can write to its address: what they write is encrypted to it and kept nowhere. And it signs
          you in without the password.
        </p>
        {mail && <OwnKey client={client} mail={mail} onChange={keys.reload} />}
        {mail && isStranger && (
          <p className={styles.none}>
            It does not sign in to this account yet.{' '}
            <LinkButton onClick={() => void letSignIn(mail)}>Let it sign in</LinkButton>
          </p>
        )}
        {error && (
          <p className={styles.none}>
            {error} <LinkButton onClick={again}>Try again</LinkButton>
          </p>
        )}
      </section>
      <section>
        <div className={styles.head}>
          <h2>
            Sign-in keys <span className="dim">{keys.value && shown.length}</span>
          </h2>
        </div>
        <p className={styles.about}>
          Keys that sign in to this account without its password, on any device that holds one: in a browser, or in a
          file of the command line.
        </p>
        {keys.error && <p className={styles.none}>{keys.error}</p>}
        <ul className={styles.card}>
          {keys.value && shown.length === 0 && <li className={styles.none}>No keys.</li>}
          {shown.map(({ key, label, createdAt }) => (
            <li key={keyAddress(key)} className={styles.item}>
              <span className={styles.itemIcon}>
                <KeyRound />
              </span>
              <div>
                <p className={styles.itemName}>
                  <b>{label}</b>
                  {here.all.includes(keyAddress(key)) && <Tag>In this browser</Tag>}
                </p>
                <p className="meta">
                  added <time title={fullTime(createdAt)}>{ago(createdAt, Date.now())}</time> ·{' '}
                  <code>{shortAddress(keyAddress(key))}</code>
                </p>
              </div>
              <div className={styles.itemActs}>
                <Button
                  look="ghost"
                  size="sm"
                  aria-label={`Remove the key ${label}`}
                  onClick={() => remove(key, label)}
                >
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** The keys in this browser, and the one of this account. */
function useHere(mail: KeyMail | undefined): { all: readonly string[]; own: HeldKey | undefined } {
  const read = useCallback(
    () => ({ all: mail?.keys.get().map(({ address }) => address) ?? [], own: mail?.own.get()?.held }),
    [mail],
  );
  const [here, setHere] = useState(read);
  useEffect(() => {
    const update = () => setHere(read());
    update();
    const stops = [mail?.keys.subscribe(update), mail?.own.subscribe(update)];
    return () => {
      for (const stop of stops) stop?.();
    };
  }, [mail, read]);
  return here;
}
