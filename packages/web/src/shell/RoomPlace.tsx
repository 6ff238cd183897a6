/** The room that the address names: its screen, or what to do when one is not in it. */
import type { Client } from '@parley/client';
import { goBack, navigate, type Route } from '../route.ts';
import { later } from '../ui/later.tsx';
import { roomTag } from '../ui/name.ts';
import { useReadable } from '../ui/useReadable.ts';
import styles from './JoinRoom.module.css';
import { JoinRoom } from './JoinRoom.tsx';

/** Rooms with their Markdown and virtual rows are the larger half of the app; the entry begins to load them at once. */
export const RoomScreen = later(() => import('../room/RoomScreen.tsx').then((module) => module.RoomScreen));

export function RoomPlace({ client, route }: { client: Client; route: Extract<Route, { at: 'room' }> }) {
  const room = useReadable(client.rooms, () => client.room(route.room));
  if (!room) return <JoinRoom key={route.room} client={client} name={route.room} />;
  const onPane = (pane: typeof route.pane) => {
    const { pane: _shown, ...rest } = route;
    if (!pane && route.pane) goBack(rest);
    else navigate(pane ? { ...rest, pane } : rest, { replace: route.pane !== undefined });
  };
  return (
    <RoomScreen
      key={room.id}
      client={client}
      room={room}
      pane={route.pane}
      onPane={onPane}
      onBack={() => goBack({ at: 'home' })}
      focusEntry={route.seq}
      fallback={<Opening name={roomTag(room.summary.get())} />}
    />
  );
}

/** The head of the room where it will stand, so that nothing moves when the rest arrives. */
const Opening = ({ name }: { name: string }) => (
  <main className={styles.main} aria-busy="true">
    <header className={styles.bar}>
      <h1>{name}</h1>
    </header>
  </main>
);
