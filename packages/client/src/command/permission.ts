/** Who may use what, as far as a client can tell; the server decides. */
import { defaultPermissions, guestPermissions, type Permission, type RoomView, type SignedIn } from '@parley/protocol';
import { type Command, commandList } from './registry.ts';

/** Whether one has a permission in a room. */
export function may(permission: Permission, view: RoomView): boolean {
  const { role } = view.me;
  if (!role) return false;
  const granted = view.permissions[role] ?? defaultPermissions[role];
  return granted.includes(permission) && (role !== 'guest' || guestPermissions.includes(permission));
}

/** The commands to offer somebody in a room, or outside of all rooms. */
export function usable(view: RoomView | undefined, me: SignedIn | undefined): readonly Command[] {
  return commandList.filter((command) => {
    if (command.account && me?.kind === 'guest') return false;
    if (!command.inRoom) return true;
    return view !== undefined && (command.permission === undefined || may(command.permission, view));
  });
}
