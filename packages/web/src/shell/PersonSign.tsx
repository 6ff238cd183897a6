import type { Client, Room } from '@parley/client';
import type { PresenceStatus, RoomView } from '@parley/protocol';
import { Avatar, AvatarWithPresence } from '../ui/Avatar.tsx';
import { useReadable } from '../ui/useReadable.ts';

/** Whom a conversation is with, and whether they are here; nothing is known of who has not accepted. */
export function PersonSign({ client, view, size = 'sm' }: { client: Client; view: RoomView; size?: 'sm' | 'md' }) {
  const room = client.room(view.id);
  const { direct } = view;
  if (!direct) return null;
  const { id } = direct.person;
  if (!room || direct.membership !== 'member') return <Avatar id={id} name={view.title} size={size} />;
  return <Present room={room} id={id} name={view.title} size={size} />;
}

function Present({ room, id, name, size }: { room: Room; id: string; name: string; size: 'sm' | 'md' }) {
  const status = useReadable(room.presence, (present): PresenceStatus => present.get(id) ?? 'offline');
  return <AvatarWithPresence id={id} name={name} size={size} status={status} />;
}
