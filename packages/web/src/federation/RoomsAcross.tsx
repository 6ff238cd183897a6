/** Rooms that span servers in which something waits or is wrong, and what to do about it. */
import type { Client } from '@parley/client';
import type { PeerRoomView } from '@parley/protocol';
import Hash from 'lucide-react/icons/hash';
import settings from '../settings/Settings.module.css';
import { Button } from '../ui/Button.tsx';
import { ago, countOf, fullTime } from '../ui/time.ts';
import styles from './Federation.module.css';
import type { LinkActs } from './useLinkActs.ts';

/** So many are looked through; who has more reads them in the command line. */
const mostPages = 20;

export async function troubledRooms(client: Client): Promise<PeerRoomView[]> {
  const found: PeerRoomView[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { rooms, more } = await client.request('peer.rooms', after === undefined ? {} : { after });
    found.push(...rooms.filter(isTroubled));
    after = rooms.at(-1)?.room;
    if (!more || after === undefined) break;
  }
  return found;
}

const isTroubled = ({ waiting, still, forbidden, servers }: PeerRoomView): boolean =>
  Boolean(waiting ?? still ?? forbidden) || servers.some(({ isLinked, behind = 0 }) => isLinked && behind > 0);

export function RoomsAcross(props: { client: Client; rooms: readonly PeerRoomView[]; acts: LinkActs; now: number }) {
  const { client, rooms, acts, now } = props;
  if (rooms.length === 0) return null;
  return (
    <section aria-labelledby="rooms-across">
      <div className={settings.head}>
        <h2 id="rooms-across">
          Rooms in which something waits <span className="dim">{countOf(rooms.length)}</span>
        </h2>
      </div>
      <ul className={settings.card}>
        {rooms.map((view) => (
          <RoomItem key={view.room} client={client} view={view} acts={acts} now={now} />
        ))}
      </ul>
    </section>
  );
}

function RoomItem(props: { client: Client; view: PeerRoomView; acts: LinkActs; now: number }) {
  const { client, view, acts, now } = props;
  const name = view.alias === undefined ? view.title || view.room.slice(0, 8) : `#${view.alias}`;
  const clerk = client.servers.of(view.clerk);
  const isOwn = view.clerk === client.server.get()?.server.id;
  const called = isOwn ? name : `${name}:${clerk.label}`;
  return (
    <li className={`${settings.item} ${acts.pending.has(view.room) ? styles.leaving : ''}`}>
      <span className={settings.itemIcon}>
        <Hash />
      </span>
      <div>
        <p className={settings.itemName}>
          <b>
            <bdi>{called}</bdi>
          </b>
        </p>
        {wordsOf(client, view, now).map(({ text, tone, at }) => (
          <p
            key={text}
            className={tone === 'bad' ? styles.bad : 'meta'}
            title={at === undefined ? undefined : fullTime(at)}
          >
            {text}
          </p>
        ))}
      </div>
      <div className={`row ${settings.itemActs}`}>
        <Button
          look="ghost"
          size="sm"
          aria-label={`Try ${called} again`}
          onClick={() => acts.retry({ room: view.room }, called)}
        >
          Try again
        </Button>
        {view.waiting && (
          <Button
            look="ghost"
            size="sm"
            className={styles.danger}
            aria-label={`Give up what waits in ${called}`}
            onClick={() => acts.drop(view, called)}
          >
            Give up
          </Button>
        )}
      </div>
    </li>
  );
}

interface Words {
  text: string;
  tone: 'plain' | 'bad';
  at?: number;
}

function wordsOf(client: Client, { waiting, still, forbidden, servers }: PeerRoomView, now: number): Words[] {
  const words: Words[] = [];
  if (waiting) {
    const many = `${countOf(waiting.acts)} ${waiting.acts === 1 ? 'message waits' : 'messages wait'}`;
    words.push({ text: `${many}, the oldest from ${ago(waiting.oldestAt, now)}`, tone: 'plain', at: waiting.oldestAt });
  }
  if (still)
    words.push({
      text: `Stands still since ${ago(still.since, now)}: what its server sent does not hold (${still.field})`,
      tone: 'bad',
      at: still.since,
    });
  if (forbidden)
    words.push({
      text: `${countOf(forbidden.entries)} ${forbidden.entries === 1 ? 'entry breaks' : 'entries break'} the rules of the room and ${forbidden.entries === 1 ? 'changes' : 'change'} nothing (${forbidden.code})`,
      tone: 'bad',
    });
  for (const { server, behind = 0 } of servers)
    if (behind > 0)
      words.push({ text: `${client.servers.of(server).label} lacks ${countOf(behind)} of its entries`, tone: 'plain' });
  return words;
}
