import type { RoomView } from '@parley/protocol';
import CalendarDays from 'lucide-react/icons/calendar-days';
import Link from 'lucide-react/icons/link-2';
import LogOut from 'lucide-react/icons/log-out';
import Pin from 'lucide-react/icons/pin';
import Settings from 'lucide-react/icons/settings';
import UserPlus from 'lucide-react/icons/user-plus';
import Users from 'lucide-react/icons/users';
import type { MenuItem } from '../ui/menu.ts';
import { may } from './may.ts';

export interface RoomMenuActs {
  members(): void;
  pins(): void;
  dates(): void;
  invite(): void;
  settings(): void;
  copyLink(): void;
  leave(): void;
}

/** Whether one may change anything about the room. */
export const maySet = (view: RoomView): boolean =>
  may(view, 'manage-info') || may(view, 'manage-links') || may(view, 'manage-history');

export function roomMenu(view: RoomView, acts: RoomMenuActs): MenuItem[] {
  const { membership } = view.me;
  return [
    ...(view.direct ? [] : [{ label: 'Members', icon: Users, keys: 'm', run: acts.members }]),
    { label: 'Pinned messages', icon: Pin, keys: 'p', run: acts.pins },
    { label: 'Jump to a date…', icon: CalendarDays, keys: 'd', run: acts.dates },
    'separator',
    ...(may(view, 'invite') ? [{ label: 'Invite…', icon: UserPlus, keys: 'i', run: acts.invite }] : []),
    ...(view.direct ? [] : [{ label: 'Copy link to the room', icon: Link, keys: 'l', run: acts.copyLink }]),
    ...(maySet(view)
      ? [
          {
            label: view.direct ? 'How long messages are kept…' : 'Settings of the room…',
            icon: Settings,
            keys: 's',
            run: acts.settings,
          },
        ]
      : []),
    'separator',
    { label: membership === 'watching' ? 'Stop watching' : 'Leave', icon: LogOut, tone: 'bad', run: acts.leave },
  ];
}
