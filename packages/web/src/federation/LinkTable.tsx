/** One row for each server: what it is called, how the link stands, what waits and since when. Cards where it is narrow. */
import type { PeerView } from '@parley/protocol';
import Ban from 'lucide-react/icons/ban';
import CloudOff from 'lucide-react/icons/cloud-off';
import Copy from 'lucide-react/icons/copy';
import Ellipsis from 'lucide-react/icons/ellipsis';
import Info from 'lucide-react/icons/info';
import Link from 'lucide-react/icons/link';
import Refresh from 'lucide-react/icons/refresh-cw';
import Route from 'lucide-react/icons/waypoints';
import type { ComponentType } from 'react';
import { Tag, type TagProps } from '../ui/Badge.tsx';
import { IconButton } from '../ui/Button.tsx';
import { MenuButton } from '../ui/Menu.tsx';
import type { MenuItem } from '../ui/menu.ts';
import { countOf, fullTime, shortTime } from '../ui/time.ts';
import styles from './Federation.module.css';
import { calledOf, type LinkState, lagWords, reasonOf, stateOf, stateWords, waitingOf } from './links.ts';
import type { LinkActs } from './useLinkActs.ts';

export interface LinkTableProps {
  peers: readonly PeerView[];
  now: number;
  acts: LinkActs;
  onDetails(peer: PeerView): void;
}

export function LinkTable({ peers, now, acts, onDetails }: LinkTableProps) {
  return (
    <table className={styles.links}>
      <caption className="sr">Links with other servers</caption>
      <thead>
        <tr>
          <th scope="col">Server</th>
          <th scope="col">State</th>
          <th scope="col" className={styles.number}>
            Waiting
          </th>
          <th scope="col" className={styles.number}>
            Lag
          </th>
          <th scope="col" className={styles.number}>
            Since
          </th>
          <th scope="col">
            <span className="sr">More</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {peers.map((peer) => (
          <LinkRow key={peer.id ?? peer.urls[0]} peer={peer} now={now} acts={acts} onDetails={() => onDetails(peer)} />
        ))}
      </tbody>
    </table>
  );
}

const looks: Record<LinkState, { icon: ComponentType; tone: TagProps['tone'] }> = {
  linked: { icon: Link, tone: 'ok' },
  relayed: { icon: Route, tone: 'ok' },
  connecting: { icon: Refresh, tone: 'warn' },
  away: { icon: CloudOff, tone: 'bad' },
  blocked: { icon: Ban, tone: undefined },
};

export function StateTag({ peer }: { peer: PeerView }) {
  const state = stateOf(peer);
  const { icon: Icon, tone } = looks[state];
  return (
    <Tag tone={tone}>
      <Icon />
      {stateWords[state]}
    </Tag>
  );
}

function LinkRow(props: { peer: PeerView; now: number; acts: LinkActs; onDetails(): void }) {
  const { peer, now, acts, onDetails } = props;
  const { label, about, tone } = calledOf(peer);
  const reason = reasonOf(peer, now);
  const waiting = waitingOf(peer);
  const leaving = [peer.id, ...peer.urls].some((key) => key !== undefined && acts.pending.has(key));
  return (
    <tr
      className={leaving ? styles.leaving : ''}
      data-trouble={peer.state === 'waiting' && waiting > 0 ? '' : undefined}
    >
      <th scope="row">
        <b>
          <bdi>{label}</bdi>
        </b>{' '}
        <span className={tone === 'warn' ? styles.careful : styles.about}>{about}</span>
      </th>
      <td data-label="State">
        <StateTag peer={peer} />
        {reason && <span className={styles.reason}>{reason}</span>}
      </td>
      <td className={styles.number} data-label="Waiting">
        {peer.state === 'blocked' ? '—' : countOf(waiting)}
      </td>
      <td className={styles.number} data-label="Lag">
        {lagWords(peer, now)}
      </td>
      <td className={styles.number} data-label="Since">
        <time dateTime={new Date(peer.since).toISOString()} data-tip={fullTime(peer.since)}>
          {shortTime(peer.since, now)}
        </time>
      </td>
      <td className={styles.more}>
        <MenuButton
          label={label}
          align="end"
          items={() => itemsOf(peer, acts, onDetails)}
          trigger={(trigger) => (
            <IconButton label={`More about ${label}`} {...trigger}>
              <Ellipsis />
            </IconButton>
          )}
        />
      </td>
    </tr>
  );
}

function itemsOf(peer: PeerView, acts: LinkActs, onDetails: () => void): MenuItem[] {
  const { id, state, urls } = peer;
  const { label } = calledOf(peer);
  const isAway = state === 'waiting' || state === 'connecting' || waitingOf(peer) > 0;
  const items: MenuItem[] = [{ label: 'Details', icon: Info, run: onDetails }];
  if (id !== undefined && isAway)
    items.push({ label: 'Try again now', icon: Refresh, run: () => acts.retry({ server: id }, label) });
  if (id !== undefined) items.push({ label: 'Copy its id', icon: Copy, run: () => acts.copy(id, 'The id') });
  for (const url of state === 'blocked' ? [] : urls)
    items.push({ label: `Stop dialling ${url}`, icon: CloudOff, run: () => acts.forget(url) });
  if (id === undefined) return items;
  items.push('separator');
  if (state === 'blocked') items.push({ label: 'Unblock', icon: Link, run: () => acts.unblock(peer) });
  else items.push({ label: 'Block', icon: Ban, tone: 'bad', run: () => acts.block(peer) });
  return items;
}
