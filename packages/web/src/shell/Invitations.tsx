import type { Client } from '@parley/client';
import type { RoomView } from '@parley/protocol';
import MailOpen from 'lucide-react/icons/mail-open';
import { useState } from 'react';
import { hashOf, navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { Button } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { placed, roomKey, roomName, shownName } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { usePerson } from '../ui/usePerson.ts';
import { useReadable } from '../ui/useReadable.ts';
import { useShell } from './actions.ts';
import { PersonSign } from './PersonSign.tsx';
import styles from './RoomList.module.css';

export function Invitations(props: { client: Client; hidden: ReadonlySet<string>; heading: 'h2' | 'h3' }) {
  const { client, hidden, heading: Heading } = props;
  const invitations = useReadable(client.invitations).filter(({ id }) => !hidden.has(id));
  if (invitations.length === 0) return null;
  return (
    <section className={styles.section}>
      <Heading className={styles.plain}>Invitations</Heading>
      <ul>
        {invitations.map((view) => (
          <Invitation key={view.id} client={client} view={view} />
        ))}
      </ul>
    </section>
  );
}

function Invitation({ client, view }: { client: Client; view: RoomView }) {
  const { toasts } = useServices();
  const shell = useShell();
  const [busy, setBusy] = useState(false);
  const { server } = placed(client, view);
  const inviter = usePerson(client, view.direct ? undefined : view.me.invitedBy);
  const name = view.title || `#${roomName(view)}`;
  const accept = async () => {
    setBusy(true);
    try {
      const room = await client.join(view.id);
      navigate({ at: 'room', room: roomKey(room.summary.get()) });
    } catch (error) {
      setBusy(false);
      toasts.show({ text: explain(error), tone: 'bad' });
    }
  };
  return (
    <li className={styles.invitation}>
      <p>
        {view.direct ? <PersonSign client={client} view={view} /> : <MailOpen />}
        <span>
          <bdi className={styles.invitedTo}>
            {view.direct ? <a href={hashOf({ at: 'room', room: roomKey({ view, server }) })}>{name}</a> : name}
          </bdi>
          {server && <ServerLabel server={server} />}
          <span className="meta">
            {view.direct ? 'wants to write to you' : inviter ? `${shownName(inviter)} invites you` : 'You are invited'}
          </span>
        </span>
      </p>
      <p className="row">
        <Button size="sm" look="primary" busy={busy} onClick={accept}>
          Accept
        </Button>
        <Button size="sm" look="ghost" onClick={() => shell.decline(view.id)}>
          Decline
        </Button>
      </p>
    </li>
  );
}
