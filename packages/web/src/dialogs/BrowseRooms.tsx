import type { Client } from '@parley/client';
import { normalizeAlias, type RoomView } from '@parley/protocol';
import Search from 'lucide-react/icons/search';
import { useEffect, useRef, useState } from 'react';
import { hashOf, navigate, parseRoute } from '../route.ts';
import { useServices } from '../service/services.tsx';
import type { OverlayProps } from '../shell/overlay.ts';
import { useRoving } from '../shell/useRoving.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { explain } from '../ui/explain.ts';
import { placed, roomKey, roomName } from '../ui/name.ts';
import { countOf } from '../ui/time.ts';
import styles from './Dialogs.module.css';

const pageSize = 50;
const askAfterMs = 150;

interface Found {
  rooms: readonly RoomView[];
  more: boolean;
  error?: string;
}

/** All public rooms of the server, and any room by name, link or id. */
export function BrowseRooms({ client, close }: OverlayProps) {
  const [typed, setTyped] = useState('');
  const { found, busy, loadMore } = useRooms(client, typed);
  const named = namedRoom(typed);
  const go = (room: string) => {
    close();
    navigate({ at: 'room', room });
  };
  const exact = found.rooms.some((room) => room.alias === named);
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
        {found.rooms.length === 0 && !busy && (
          <p className={styles.none}>
            {found.error ?? (typed ? `No public room has “${typed}” in its name.` : 'There are no public rooms yet.')}
          </p>
        )}
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
  const key = roomKey(placed(client, room));
  const open = () => {
    close();
    navigate({ at: 'room', room: key });
  };
  const join = async () => {
    setBusy(true);
    try {
      await client.join(room.id);
      open();
    } catch (error) {
      setBusy(false);
      toasts.show({ text: explain(error), tone: 'bad' });
    }
  };
  return (
    <div className={styles.card}>
      <div className={styles.cardText}>
        <p className={styles.cardName}>
          <a href={hashOf({ at: 'room', room: key })} data-row tabIndex={-1} onClick={close}>
            <bdi>#{roomName(room)}</bdi>
          </a>
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
        <Button size="sm" busy={busy} onClick={join} aria-label={`Join #${roomName(room)}`}>
          Join
        </Button>
      )}
    </div>
  );
}

/** The room that a name, a link or an id means; undefined when it can be none. */
function namedRoom(typed: string): string | undefined {
  const hash = typed.includes('#/r/') ? typed.slice(typed.indexOf('#/r/')) : undefined;
  const route = hash ? parseRoute(hash) : undefined;
  if (route?.at === 'room') return route.room;
  return normalizeAlias(typed) || undefined;
}

function useRooms(client: Client, typed: string) {
  const [found, setFound] = useState<Found>({ rooms: [], more: false });
  const [busy, setBusy] = useState(true);
  const query = normalizeAlias(typed.includes('/') ? '' : typed);
  const payload = { ...(query ? { query } : {}), limit: pageSize };
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      setBusy(true);
      try {
        const payload = { ...(query ? { query } : {}), limit: pageSize };
        const page = await client.request('room.list', payload, { signal: stop.signal });
        if (!stop.signal.aborted) setFound(page);
      } catch (error) {
        if (!stop.signal.aborted) setFound({ rooms: [], more: false, error: explain(error) });
      }
      if (!stop.signal.aborted) setBusy(false);
    };
    const timer = setTimeout(ask, query ? askAfterMs : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, query]);
  const loadMore = async () => {
    const after = found.rooms.at(-1)?.alias;
    if (!after) return;
    setBusy(true);
    try {
      const page = await client.request('room.list', { ...payload, after });
      setFound({ rooms: [...found.rooms, ...page.rooms], more: page.more });
    } finally {
      setBusy(false);
    }
  };
  return { found, busy, loadMore };
}
