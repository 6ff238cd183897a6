import { type Client, readRoom, readServer, roomAddress } from '@parley/client';
import { normalizeAlias, type RoomView } from '@parley/protocol';
import Search from 'lucide-react/icons/search';
import { useRef, useState } from 'react';
import { hashOf, navigate, parseRoute } from '../route.ts';
import { useServices } from '../service/services.tsx';
import type { OverlayProps } from '../shell/overlay.ts';
import { useRoving } from '../shell/useRoving.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { explainJoin } from '../ui/explain.ts';
import { placed, roomKey, roomName, roomTag } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { countOf } from '../ui/time.ts';
import styles from './Dialogs.module.css';
import { ServerField } from './ServerField.tsx';
import { useRooms } from './useRooms.ts';

/** The public rooms of a server, and any room by name, link or id. */
export function BrowseRooms({ client, me, close }: OverlayProps) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState('');
  // Who writes the server behind the name means that one.
  const address = typed.includes('/') ? undefined : readRoom(typed);
  const server = address?.server ?? chosen.trim();
  const { found, busy, loadMore } = useRooms(client, queryOf(typed), server);
  const named = namedRoom(typed, server);
  const go = (room: string) => {
    close();
    navigate({ at: 'room', room });
  };
  const exact = found.rooms.some((room) => room.alias === queryOf(typed));
  const roving = useRoving();
  const input = useRef<HTMLInputElement>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && close()} title="Find a room" width="wide" initialFocus={input}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (named) go(named);
        }}
      >
        <div className={styles.finds}>
          <label className={styles.find}>
            <Search />
            <span className="sr">Name or link of a room</span>
            <input
              type="search"
              placeholder="Name, or a link"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              ref={input}
            />
          </label>
          <ServerField client={client} me={me} value={chosen} onChange={setChosen} />
        </div>
      </form>
      <div className={styles.list} {...roving} aria-busy={busy}>
        {named && !exact && (
          <button type="button" className={styles.byName} data-row onClick={() => go(named)}>
            Go to <b>#{named}</b>
            <span className="meta">if there is such a room, and you may see it</span>
          </button>
        )}
        <ul>
          {found.rooms.map((room) => (
            <li key={room.id}>
              <RoomCard client={client} room={room} close={close} />
            </li>
          ))}
        </ul>
        {found.rooms.length === 0 && !busy && <p className={styles.none}>{found.error ?? noneWords(typed, server)}</p>}
        {found.more && (
          <Button look="ghost" size="sm" busy={busy} onClick={loadMore}>
            Show more
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function RoomCard({ client, room, close }: { client: Client; room: RoomView; close(): void }) {
  const { toasts } = useServices();
  const [busy, setBusy] = useState(false);
  const joined = client.room(room.id) !== undefined;
  const { server } = placed(client, room);
  const key = roomKey({ view: room, server });
  const open = () => {
    close();
    navigate({ at: 'room', room: key });
  };
  const join = async () => {
    setBusy(true);
    try {
      await client.join(roomAddress(room));
      open();
    } catch (error) {
      setBusy(false);
      toasts.show({ text: explainJoin(error, server), tone: 'bad' });
    }
  };
  return (
    <div className={styles.card}>
      <div className={styles.cardText}>
        <p className={styles.cardName}>
          <a href={hashOf({ at: 'room', room: key })} data-row tabIndex={-1} onClick={close}>
            <bdi>#{roomName(room)}</bdi>
          </a>
          {server && <ServerLabel server={server} marked />}
          {room.title && <bdi className={styles.cardTitle}>{room.title}</bdi>}
        </p>
        {room.topic && <p className={styles.cardTopic}>{room.topic}</p>}
        <p className="meta">
          {countOf(room.members)} {room.members === 1 ? 'person' : 'people'}
        </p>
      </div>
      {joined ? (
        <Button size="sm" look="ghost" onClick={open}>
          Open
        </Button>
      ) : (
        <Button size="sm" busy={busy} onClick={join} aria-label={`Join ${roomTag({ view: room, server })}`}>
          Join
        </Button>
      )}
    </div>
  );
}

function noneWords(typed: string, server: string): string {
  if (typed) return `No public room${server ? ` of ${server}` : ''} has “${queryOf(typed)}” in its name.`;
  return server ? `${server} has no public rooms.` : 'There are no public rooms yet.';
}

/** What of a typed name is looked for. */
const queryOf = (typed: string): string => normalizeAlias(typed.includes('/') ? '' : (typed.split(':')[0] ?? ''));

/** The room that a name, a link or an id means; undefined when it can be none. */
function namedRoom(typed: string, server: string): string | undefined {
  const hash = typed.includes('#/r/') ? typed.slice(typed.indexOf('#/r/')) : undefined;
  const route = hash ? parseRoute(hash) : undefined;
  if (route?.at === 'room') return route.room;
  const name = normalizeAlias(typed.split(':')[0] ?? '');
  if (name === '') return undefined;
  const at = server === '' ? undefined : readServer(server);
  return at === undefined ? name : `${name}:${at}`;
}
