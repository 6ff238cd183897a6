/** Linking with a server by hand: says how the first attempt went; the server goes on trying by itself. */
import type { Client } from '@parley/client';
import type { PeerView } from '@parley/protocol';
import { useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field, FormError } from '../ui/Field.tsx';
import { textOf, useSubmit } from '../ui/useSubmit.ts';
import styles from './Federation.module.css';
import { addressOf, calledOf, faultWords } from './links.ts';

const noAddress = 'Write https://HOST, http://HOST:PORT, or a name in DNS such as chat.example.org.';

export function ConnectForm({ client, peers }: { client: Client; peers: readonly PeerView[] }) {
  const [answer, setAnswer] = useState<{ url: string; peer: PeerView }>();
  const [fault, setFault] = useState<string>();
  const element = useRef<HTMLFormElement>(null);
  const form = useSubmit(
    async (fields) => {
      setAnswer(undefined);
      const url = addressOf(textOf(fields, 'url'));
      setFault(url === undefined ? noAddress : undefined);
      if (url === undefined) return;
      setAnswer({ url, peer: await client.request('peer.connect', { url }) });
      element.current?.reset();
    },
    { 'too-many': 'So many addresses are dialled already that none can be added. Stop dialling one first.' },
  );
  const came = answer && outcomeOf(answer.peer, answer.url, peers);
  return (
    <form ref={element} className={styles.connect} onSubmit={form.onSubmit} noValidate>
      <Field
        label="Link with a server"
        name="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        inputMode="url"
        required
        placeholder="https://chat.example.org"
        onChange={() => setFault(undefined)}
        note={came ?? 'Its address, or its name in DNS'}
        error={fault}
      />
      <Button type="submit" look="primary" busy={form.busy}>
        {form.busy ? 'Connecting…' : 'Connect'}
      </Button>
      <p className="sr" role="status">
        {form.busy ? 'Connecting' : came}
      </p>
      <FormError>{form.rest()}</FormError>
    </form>
  );
}

/** How the first attempt went; what the server is called may be known a moment later. */
function outcomeOf(first: PeerView, url: string, peers: readonly PeerView[]): string {
  const { label } = calledOf(peers.find(({ urls }) => urls.includes(url)) ?? first);
  if (first.state === 'connected') return `Linked with ${label}.`;
  const why = first.lastError === undefined ? '' : ` ${faultWords(first.lastError)}.`;
  return `${url} is dialled from now on. Not linked yet.${why}`;
}
