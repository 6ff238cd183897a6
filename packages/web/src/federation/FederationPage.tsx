/** The links of this server with others, for those who run it: how each stands, what waits for it, and what to do. */
import type { Client } from '@parley/client';
import type { PeerView } from '@parley/protocol';
import CloudOff from 'lucide-react/icons/cloud-off';
import Copy from 'lucide-react/icons/copy';
import { useCallback, useEffect, useState } from 'react';
import type { PageProps } from '../settings/page.ts';
import settings from '../settings/Settings.module.css';
import { useLoaded } from '../settings/useLoaded.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { countOf, lasting } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import { ConnectForm } from './ConnectForm.tsx';
import styles from './Federation.module.css';
import { LinkDetails } from './LinkDetails.tsx';
import { LinkTable } from './LinkTable.tsx';
import { calledOf, type Listing, sorted, totalsOf, troubleOf } from './links.ts';
import { RoomsAcross, troubledRooms } from './RoomsAcross.tsx';
import { Allowed, TurnedAway } from './TurnedAway.tsx';
import { type LinkActs, useLinkActs } from './useLinkActs.ts';
import { useLinks, useNow } from './useLinks.ts';

export function FederationPage({ client }: PageProps) {
  const { listing, error, isLive, again } = useLinks(client);
  const isOnline = useReadable(client.status, ({ state }) => state === 'online');
  return (
    <>
      <ConnectForm client={client} peers={listing?.peers ?? []} />
      {error && (
        <p className={styles.problem} role="alert">
          {error}
          <Button size="sm" onClick={again}>
            Try again
          </Button>
        </p>
      )}
      {!listing && !error && (
        <p className={settings.none} role="status">
          {isOnline ? 'Reading the links…' : 'Offline. The links are shown as soon as the server answers.'}
        </p>
      )}
      {listing && !isLive && !error && (
        <p className={settings.none} role="status">
          Offline. This is how it stood when the server last answered.
        </p>
      )}
      {listing && <Links client={client} listing={listing} />}
    </>
  );
}

/** What makes the rooms worth another look. */
const mark = (peers: readonly PeerView[]): string =>
  peers.map(({ id, state, waiting }) => `${id} ${state} ${waiting?.rooms}`).join();

function Links({ client, listing }: { client: Client; listing: Listing }) {
  const now = useNow();
  const [shown, setShown] = useState<string>();
  const rooms = useLoaded(useCallback(() => troubledRooms(client), [client]));
  const { reload } = rooms;
  const acts = useLinkActs(client, reload);
  const { refused, relayed, allowed } = listing;
  const peers = sorted(listing.peers);
  const state = mark(peers);
  useEffect(() => {
    void state;
    reload();
  }, [reload, state]);
  const trouble = troubleOf(peers, now);
  return (
    <>
      <Totals client={client} peers={peers} now={now} acts={acts} />
      {trouble && <Trouble peer={trouble} now={now} acts={acts} />}
      <section aria-label="Links">
        {peers.length === 0 ? (
          <p className={styles.empty}>
            <b>No other server yet.</b> People here can talk to each other. Link with a server above, or start this one
            with a directory, and rooms and people of others can be reached.
          </p>
        ) : (
          <LinkTable peers={peers} now={now} acts={acts} onDetails={({ id, urls }) => setShown(id ?? urls[0])} />
        )}
        {relayed && relayed.servers > 0 && (
          <p className={styles.relayed}>
            {countOf(relayed.servers)} {relayed.servers === 1 ? 'server is' : 'servers are'} reached through this one,
            over {countOf(relayed.circuits)} {relayed.circuits === 1 ? 'circuit' : 'circuits'}.
          </p>
        )}
      </section>
      <RoomsAcross client={client} rooms={rooms.value ?? []} acts={acts} now={now} />
      {rooms.error && <p className={settings.none}>{rooms.error}</p>}
      <TurnedAway refused={refused} peers={peers} now={now} />
      {allowed && <Allowed allowed={allowed} peers={peers} />}
      <LinkDetails
        peer={peers.find(({ id, urls }) => shown !== undefined && (id === shown || urls.includes(shown)))}
        acts={acts}
        onClose={() => setShown(undefined)}
      />
    </>
  );
}

function Totals(props: { client: Client; peers: readonly PeerView[]; now: number; acts: LinkActs }) {
  const { client, peers, now, acts } = props;
  const { linked, all, waiting, lag } = totalsOf(peers, now);
  const id = client.server.get()?.server.id ?? '';
  return (
    <dl className={styles.totals}>
      <div>
        <dt>Linked</dt>
        <dd>
          {countOf(linked)} <span>of {countOf(all)}</span>
        </dd>
      </div>
      <div>
        <dt>Waiting to go out</dt>
        <dd>
          {countOf(waiting)} <span>{waiting === 1 ? 'message' : 'messages'}</span>
        </dd>
      </div>
      <div>
        <dt>Longest wait</dt>
        <dd>{lag === undefined ? '—' : lasting(lag)}</dd>
      </div>
      <div>
        <dt>This server</dt>
        <dd className={styles.own}>
          <code>{`${id.slice(0, 4)}…${id.slice(-4)}`}</code>
          <IconButton label="Copy the id of this server" onClick={() => acts.copy(id, 'The id of this server')}>
            <Copy />
          </IconButton>
        </dd>
      </div>
    </dl>
  );
}

function Trouble({ peer, now, acts }: { peer: PeerView; now: number; acts: LinkActs }) {
  const { id, since, waiting } = peer;
  const { label } = calledOf(peer);
  if (id === undefined || !waiting) return null;
  const { acts: many, rooms, oldestAt } = waiting;
  return (
    <section className={styles.trouble} aria-labelledby="trouble">
      <CloudOff aria-hidden="true" />
      <div>
        <h2 id="trouble">
          {label} has not been linked for {lasting(now - Math.min(since, oldestAt))}
        </h2>
        <p>
          {countOf(many)} {many === 1 ? 'message waits' : 'messages wait'} in order; none is lost. {countOf(rooms)}{' '}
          {rooms === 1 ? 'room that it keeps accepts' : 'rooms that it keeps accept'} messages here, and they are handed
          in when it is back. Other rooms feel nothing.
        </p>
        <p>
          <Button size="sm" onClick={() => acts.retry({ server: id }, label)}>
            Try again now
          </Button>
        </p>
      </div>
    </section>
  );
}
