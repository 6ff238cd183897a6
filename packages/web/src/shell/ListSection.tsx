import type { Client } from '@parley/client';
import ChevronDown from 'lucide-react/icons/chevron-down';
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useSyncExternalStore } from 'react';
import { useServices } from '../service/services.tsx';
import { UnreadBadge } from '../ui/Badge.tsx';
import styles from './RoomList.module.css';
import { RoomRow } from './RoomRow.tsx';
import type { Section } from './sections.ts';

/** Rooms under a heading that folds them; the open room and a sum of what is new stay visible. */
export function ListSection(props: {
  client: Client;
  section: Section;
  current: string | undefined;
  failed: ReadonlySet<string>;
  heading: 'h2' | 'h3';
}) {
  const { client, section, current, failed, heading: Heading } = props;
  const { preferences } = useServices();
  const look = useSyncExternalStore(preferences.subscribe, preferences.get);
  const folded = look.folded.includes(section.name);
  const isCurrent = ({ id }: Section['rooms'][number]['view']) => id === current;
  const rooms = folded ? section.rooms.filter(({ view }) => isCurrent(view)) : section.rooms;
  const rest = folded ? section.rooms.filter(({ view }) => !isCurrent(view)) : [];
  const fold = () => {
    const others = look.folded.filter((name) => name !== section.name);
    preferences.set({ folded: folded ? others : [...others, section.name] });
  };
  const Chevron = folded ? ChevronRight : ChevronDown;
  return (
    <section className={styles.section}>
      <Heading>
        <button type="button" className={styles.fold} aria-expanded={!folded} onClick={fold} data-row tabIndex={-1}>
          <Chevron className={styles.chevron} />
          {section.name}
        </button>
        <UnreadBadge unread={sum(rest, 'unread')} mentions={sum(rest, 'mentions')} />
      </Heading>
      <ul>
        {rooms.map((room) => (
          <RoomRow
            key={room.view.id}
            client={client}
            summary={room}
            selected={isCurrent(room.view)}
            failed={failed.has(room.view.id)}
          />
        ))}
      </ul>
    </section>
  );
}

const sum = (rooms: Section['rooms'], field: 'unread' | 'mentions') =>
  rooms.reduce((total, room) => total + room[field], 0);
