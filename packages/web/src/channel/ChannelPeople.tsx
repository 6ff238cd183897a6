/** Who is heard of in a channel: who listens on this server, who spoke from others, and where somebody listens. */
import type { Channel, Client } from '@parley/client';
import type { ChannelPerson } from '@parley/protocol';
import { useEffect, useState } from 'react';
import { Avatar } from '../ui/Avatar.tsx';
import { explain } from '../ui/explain.ts';
import { Popover } from '../ui/Popover.tsx';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { useReadable } from '../ui/useReadable.ts';
import { useServerOf } from '../ui/useServerOf.ts';
import styles from './Channel.module.css';

export interface ChannelPeopleProps {
  client: Client;
  channel: Channel;
  open: boolean;
  onOpenChange(open: boolean): void;
  anchor: HTMLElement | null;
}

export function ChannelPeople({ client, channel, open, onOpenChange, anchor }: ChannelPeopleProps) {
  return (
    <Popover open={open} onOpenChange={onOpenChange} label="Who is here" anchor={anchor} side="bottom" align="end">
      {open && <People client={client} channel={channel} />}
    </Popover>
  );
}

function People({ client, channel }: { client: Client; channel: Channel }) {
  const [people, setPeople] = useState<readonly ChannelPerson[]>();
  const [error, setError] = useState<unknown>();
  const { servers } = useReadable(channel.reach);
  useEffect(() => {
    channel.people().then(setPeople, setError);
  }, [channel]);
  if (error) return <p className={styles.people}>{explain(error)}</p>;
  const here = people?.filter((person) => person.here) ?? [];
  const heard = people?.filter((person) => !person.here) ?? [];
  return (
    <div className={styles.people} aria-busy={people === undefined}>
      {here.length > 0 && (
        <>
          <h2>Listening on this server</h2>
          <ul>
            {here.map((person) => (
              <Person key={person.user} client={client} person={person} />
            ))}
          </ul>
        </>
      )}
      {heard.length > 0 && (
        <>
          <h2>Heard since somebody here listens</h2>
          <ul>
            {heard.map((person) => (
              <Person key={person.user} client={client} person={person} />
            ))}
          </ul>
        </>
      )}
      {servers.length > 0 && (
        <>
          <h2>Somebody listens on</h2>
          <ul>
            {servers.map(({ id, hops }) => (
              <li key={id}>
                <ServerLabel server={client.servers.of(id)} marked />
                <p>{hops === 1 ? 'linked' : `by way of ${hops - 1} ${hops === 2 ? 'other' : 'others'}`}</p>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Person({ client, person }: { client: Client; person: ChannelPerson }) {
  const server = useServerOf(client, person.user, person.server);
  return (
    <li>
      <Avatar id={person.user} name={person.name} size="sm" />
      <bdi>{person.name}</bdi>
      {server && <ServerLabel server={server} />}
    </li>
  );
}
