/** Channels that one listens to, under the rooms. */
import type { Client } from '@parley/client';
import { hashOf } from '../route.ts';
import { useReadable } from '../ui/useReadable.ts';
import styles from './RoomList.module.css';

export function ChannelSection(props: { client: Client; current: string | undefined; heading: 'h2' | 'h3' }) {
  const { client, current, heading: Heading } = props;
  const channels = useReadable(client.channels);
  if (channels.length === 0) return null;
  return (
    <section className={styles.section}>
      <Heading className={styles.plain}>Listening to</Heading>
      <ul>
        {channels.map(({ name }) => (
          <li key={name} className={styles.item}>
            <a
              className={`${styles.row} ${name === current ? styles.selected : ''}`}
              href={hashOf({ at: 'channel', channel: name })}
              aria-current={name === current ? 'page' : undefined}
              data-row
              tabIndex={name === current ? 0 : -1}
            >
              <span className={styles.sign} aria-hidden="true">
                ~
              </span>
              <span className={styles.name}>
                <bdi>{name}</bdi>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
