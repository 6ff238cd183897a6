/** A link to a room that one is not in: what it is, and the way in. */
import { type Client, readPerson, readRoom, roomAddress } from '@parley/client';
import type { RoomView } from '@parley/protocol';
import { useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { Button } from '../ui/Button.tsx';
import { codeOf, explain, explainJoin } from '../ui/explain.ts';
import { placed, roomName, roomTag } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { countOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import { Begin, Request } from './DirectRequest.tsx';
import { Frame } from './JoinFrame.tsx';
import styles from './JoinRoom.module.css';
import { type Knock, useKnock } from './useKnock.ts';

type Found = { room: RoomView } | { error: unknown } | undefined;

const isId = (name: string): boolean => /^[a-z2-7]{52}(:|$)/.test(name);

/** What the link names, before it is known whether it is there. */
function nameOf(client: Client, typed: string): { title: string; server: string | undefined } {
  const address = typed.startsWith('@') ? readPerson(typed) : readRoom(typed);
  const id = address?.server === undefined ? undefined : client.servers.idOf(address.server);
  const server = address?.server === undefined ? undefined : id ? client.servers.of(id).label : address.server;
  if (isId(typed)) return { title: 'This room', server };
  if (typed.startsWith('@')) return { title: typed, server };
  const alias = address && 'alias' in address ? address.alias : typed.replace(/^#/, '');
  return { title: `#${alias}${server === undefined ? '' : `:${server}`}`, server };
}

export function JoinRoom({ client, name }: { client: Client; name: string }) {
  const online = useReadable(client.status, ({ state }) => state === 'online');
  const [found, setFound] = useState<Found>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!online || round < 0) return;
    let over = false;
    client.resolve(name).then(
      (room) => !over && setFound({ room }),
      (error: unknown) => !over && setFound({ error }),
    );
    return () => {
      over = true;
    };
  }, [client, name, online, round]);
  if (found && 'room' in found && found.room.direct) return <Request client={client} room={found.room} />;
  if (found && 'room' in found)
    return <Preview client={client} room={found.room} onChanged={() => setRound((held) => held + 1)} />;
  const { title: shown, server } = nameOf(client, name);
  if (found && name.startsWith('@') && codeOf(found.error) === 'not-found')
    return <Begin client={client} name={name} />;
  if (found)
    return <NoRoom title={shown} server={server} error={found.error} onRetry={() => setRound((held) => held + 1)} />;
  if (online) return <Frame title={shown}>{null}</Frame>;
  return (
    <Frame title={shown}>
      <h2>{shown} is not on this device</h2>
      <p>You are not in it, or it was never opened here. It is looked for as soon as the server answers.</p>
    </Frame>
  );
}

function Preview({ client, room, onChanged }: { client: Client; room: RoomView; onChanged: () => void }) {
  const { toasts } = useServices();
  const [busy, setBusy] = useState(false);
  const knock = useKnock(client, room, onChanged);
  const [asked, setAsked] = useState<string>();
  const join = async () => {
    setBusy(true);
    try {
      await client.join(roomAddress(room));
    } catch (error) {
      if (codeOf(error) === 'not-invited') setAsked(explain(error));
      else toasts.show({ text: explainJoin(error, server), tone: 'bad' });
      setBusy(false);
    }
  };
  const { server } = placed(client, room);
  const { membership } = room.me;
  const closed = room.joinRule !== 'public' && membership !== 'invited';
  const asks = closed && (room.joinRule === 'knock' || membership === 'knocking');
  const people = `${countOf(room.members)} ${room.members === 1 ? 'person' : 'people'}`;
  return (
    <Frame title={roomTag({ view: room, server })}>
      <h2>{room.title || `#${roomName(room)}`}</h2>
      {server && (
        <p className={styles.server}>
          on <ServerLabel server={server} marked />
        </p>
      )}
      {room.topic && <p className={styles.topic}>{room.topic}</p>}
      <p className="meta">
        {people} · {asks ? 'one asks to be let in' : closed ? 'by invitation' : 'anybody may join'} ·{' '}
        {room.history === 'since-join' ? 'you read from when you join' : 'you can read what was said before'}
      </p>
      {asks ? (
        <Asking knock={knock} isAsking={membership === 'knocking'} server={server?.label} />
      ) : closed || asked ? (
        <p className={styles.closed}>{asked ?? 'This room needs an invitation. Ask somebody who is in it.'}</p>
      ) : (
        <Button look="primary" busy={busy} onClick={join}>
          {busy ? 'Joining…' : membership === 'invited' ? 'Accept the invitation' : 'Join'}
        </Button>
      )}
    </Frame>
  );
}

function Asking({ knock, isAsking, server }: { knock: Knock; isAsking: boolean; server: string | undefined }) {
  const [busy, setBusy] = useState(false);
  const run = (act: () => Promise<void>) => async () => {
    setBusy(true);
    await act();
    setBusy(false);
  };
  return (
    <>
      <p className={styles.closed}>
        {isAsking
          ? 'You have asked to be let in. An invitation comes when somebody there accepts.'
          : 'People in this room let in those who ask.'}
      </p>
      {knock.waits && (
        <p className={styles.closed} role="status">
          {`Your server passes it on as soon as it reaches ${server ?? 'the one that keeps the room'}.`}
        </p>
      )}
      {isAsking ? (
        <Button busy={busy} onClick={run(knock.withdraw)}>
          Take it back
        </Button>
      ) : (
        <Button look="primary" busy={busy} onClick={run(knock.ask)}>
          Ask to be let in
        </Button>
      )}
    </>
  );
}

function NoRoom(props: { title: string; server: string | undefined; error: unknown; onRetry(): void }) {
  const { title, server, error, onRetry } = props;
  const unknown = codeOf(error) === 'not-found';
  const elsewhere = server ? ` Or your server does not know ${server}.` : '';
  const away = server ? { unavailable: `${server} cannot be asked now. What you are in goes on.` } : {};
  return (
    <Frame title={title}>
      <h2>{unknown ? `There is no ${title === 'This room' ? 'such room' : title}` : 'This did not work'}</h2>
      <p>
        {unknown
          ? `It may have another name now, or only those who are invited can see it.${elsewhere} Ask whoever gave you the link.`
          : explain(error, away)}
      </p>
      {!unknown && <Button onClick={onRetry}>Try again</Button>}
    </Frame>
  );
}
