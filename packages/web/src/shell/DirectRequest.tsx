/** Somebody wants to write to one: who it is, and yes or no; and the beginning of a conversation from a link. */
import type { Client } from '@parley/client';
import type { RoomView } from '@parley/protocol';
import { useState } from 'react';
import { navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { Button } from '../ui/Button.tsx';
import { explain, explainJoin } from '../ui/explain.ts';
import { handleOf, placed, roomKey, roomName } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { useShell } from './actions.ts';
import { Frame } from './JoinFrame.tsx';
import styles from './JoinRoom.module.css';
import { PersonSign } from './PersonSign.tsx';

export function Request({ client, room }: { client: Client; room: RoomView }) {
  const { toasts } = useServices();
  const shell = useShell();
  const [busy, setBusy] = useState(false);
  const name = roomName(room);
  const { server } = placed(client, room);
  const accept = async () => {
    setBusy(true);
    try {
      await client.join(room.id);
    } catch (error) {
      setBusy(false);
      toasts.show({ text: explainJoin(error, server), tone: 'bad' });
    }
  };
  const decline = () => {
    navigate({ at: 'home' }, { replace: true });
    shell.decline(room.id);
  };
  return (
    <Frame title={name}>
      <div className={styles.who}>
        <PersonSign client={client} view={room} size="md" />
        <h2>
          <bdi>{name}</bdi> wants to write to you
        </h2>
      </div>
      <p className={styles.server}>
        {room.direct && <bdi>@{handleOf(client, room.direct.person)}</bdi>}
        {server && (
          <>
            {' on '}
            <ServerLabel server={server} marked />
          </>
        )}
      </p>
      <p>What they wrote you read when you accept. They see that you did, and may then write whenever they like.</p>
      <p className="row">
        <Button look="primary" busy={busy} onClick={accept}>
          Accept
        </Button>
        <Button look="ghost" onClick={decline}>
          Decline
        </Button>
      </p>
    </Frame>
  );
}

/** `name`: as `@bob`, `@bob:chat.example.org`. */
export function Begin({ client, name }: { client: Client; name: string }) {
  const { toasts } = useServices();
  const [busy, setBusy] = useState(false);
  const write = async () => {
    setBusy(true);
    try {
      const room = await client.direct(name);
      navigate({ at: 'room', room: roomKey(room.summary.get()) }, { replace: true });
    } catch (error) {
      setBusy(false);
      toasts.show({ text: explain(error, { 'not-found': `Nobody is called ${name}.` }), tone: 'bad' });
    }
  };
  return (
    <Frame title={name}>
      <h2>You have not written to {name}</h2>
      <p>They are asked first, and read what you write when they accept.</p>
      <Button look="primary" busy={busy} onClick={write}>
        Write to {name}
      </Button>
    </Frame>
  );
}
