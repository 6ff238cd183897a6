/** What is said with one key: sealed to it, and gone with the page. */
import type { Client } from '@parley/client';
import { limits } from '@parley/protocol';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import Copy from 'lucide-react/icons/copy';
import Lock from 'lucide-react/icons/lock-keyhole';
import { useEffect, useRef } from 'react';
import { LineComposer } from '../channel/LineComposer.tsx';
import { copyText } from '../room/clipboard.ts';
import screen from '../room/RoomScreen.module.css';
import { useTypeToWrite } from '../room/useTypeToWrite.ts';
import { navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { useReadable } from '../ui/useReadable.ts';
import styles from './Keys.module.css';
import { type KeyMail, shortAddress } from './key-mail.ts';
import { type TalkHandle, TalkLines } from './TalkLines.tsx';

export interface TalkScreenProps {
  client: Client;
  mail: KeyMail;
  /** Whose key. */
  address: string;
  onBack(): void;
}

export function TalkScreen({ client, mail, address, onBack }: TalkScreenProps) {
  const { toasts } = useServices();
  const field = useRef<HTMLTextAreaElement>(null);
  const lines = useRef<TalkHandle>(null);
  const own = useReadable(mail.own);
  const talk = useReadable(mail.talks, (talks) => talks.find((each) => each.address === address));
  const focus = () => field.current?.focus();
  useEffect(() => mail.reads(address), [mail, address]);
  useTypeToWrite(focus);
  const say = (text: string) => {
    mail.send(address, text);
    lines.current?.toEnd();
  };
  const copy = async () => {
    const ok = await copyText(address);
    toasts.show(ok ? { text: 'The address is copied' } : { text: 'It could not be copied', tone: 'bad' });
  };
  const short = shortAddress(address);
  return (
    <div className={screen.screen}>
      <main className={screen.main}>
        <header className={screen.bar}>
          <IconButton label="Back to rooms" className={screen.back ?? ''} onClick={onBack}>
            <ChevronLeft />
          </IconButton>
          <div className={screen.title}>
            <h1 className={styles.mono}>{short}</h1>
            <p className={screen.topic}>
              {talk?.name === undefined ? (
                'Only the key is known'
              ) : (
                <>
                  calls itself <bdi>{talk.name}</bdi>; only the key is proven
                </>
              )}
            </p>
          </div>
          <IconButton label="Copy the address" onClick={() => void copy()}>
            <Copy />
          </IconButton>
        </header>
        <p className={styles.banner} role="note">
          <Lock aria-hidden="true" />
          Encrypted to this key: no server reads it. Nothing is kept, not here either, and it arrives only while
          somebody is there.
        </p>
        <TalkLines
          client={client}
          mail={mail}
          address={address}
          talk={talk}
          handle={lines}
          onLeave={focus}
          onAgain={say}
        />
        {own ? (
          <LineComposer
            client={client}
            place={address}
            label={`Write to ${short}`}
            hint="Sealed here. It says whether it was opened there."
            limit={limits.keyText}
            field={field}
            onSend={(text) => {
              say(text);
              return true;
            }}
          />
        ) : (
          <p className={styles.nobody}>
            You need a key of your own to write: the answer comes to it.
            <Button look="primary" onClick={() => navigate({ at: 'key' })}>
              Get a key
            </Button>
          </p>
        )}
      </main>
    </div>
  );
}
