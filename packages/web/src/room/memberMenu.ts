import type { MemberView, RoomView } from '@parley/protocol';
import AtSign from 'lucide-react/icons/at-sign';
import Ban from 'lucide-react/icons/ban';
import Copy from 'lucide-react/icons/copy';
import Infinity_ from 'lucide-react/icons/infinity';
import MessageSquare from 'lucide-react/icons/message-square-text';
import MicOff from 'lucide-react/icons/mic-off';
import Send from 'lucide-react/icons/send';
import Shield from 'lucide-react/icons/shield';
import Timer from 'lucide-react/icons/timer';
import UserMinus from 'lucide-react/icons/user-minus';
import type { MenuItem } from '../ui/menu.ts';
import { copyText } from './clipboard.ts';
import type { Moderation } from './ModerateDialog.tsx';
import { rightsOver } from './may.ts';
import type { Moderate } from './useModeration.ts';

const minute = 60_000;
/** Offered without asking further. */
export const durations = [
  { label: '10 minutes', ms: 10 * minute },
  { label: '1 hour', ms: 60 * minute },
  { label: '1 day', ms: 24 * 60 * minute },
] as const;

/** What one may do with a member, and nothing else. */
export function memberMenu(of: {
  member: MemberView;
  /** As one writes to them: `name`, or `name:server`. */
  handle: string;
  view: RoomView;
  me: string | undefined;
  moderate: Moderate;
  ask(moderation: Moderation): void;
  mention(handle: string): void;
  /** Opens the conversation with them; undefined for guests. */
  write: (() => void) | undefined;
}): MenuItem[] {
  const { member, handle, view, me, moderate, ask, mention, write } = of;
  const rights = rightsOver(member, view, me);
  const items: MenuItem[] = [];
  if (member.person.id !== me) items.push({ label: 'Mention', icon: AtSign, keys: '@', run: () => mention(handle) });
  if (write && member.person.id !== me && (member.person.kind === 'person' || member.person.kind === 'bot'))
    items.push({ label: 'Message', icon: Send, keys: 'm', run: write });
  items.push({ label: 'Copy name', icon: Copy, keys: 'c', run: () => void copyText(`@${handle}`) });
  if (rights.roles.length > 0)
    items.push({
      label: 'Role',
      icon: Shield,
      items: rights.roles.map((role) => ({
        label: role[0]!.toUpperCase() + role.slice(1),
        icon: Shield,
        run: () => moderate.setRole(member, role),
      })),
    });
  if (rights.mute || rights.kick || rights.ban) items.push('separator');
  if (rights.mute && member.mutedUntil !== undefined)
    items.push({ label: 'Let speak again', icon: MessageSquare, keys: 'u', run: () => moderate.unmute(member) });
  else if (rights.mute)
    items.push({
      label: 'Mute',
      icon: MicOff,
      items: [
        ...durations.map(({ label, ms }, at) => ({
          label,
          icon: Timer,
          keys: String(at + 1),
          run: () => moderate.mute(member, { durationMs: ms }),
        })),
        { label: 'Until lifted', icon: Infinity_, keys: '4', run: () => moderate.mute(member, {}) },
        'separator',
        { label: 'With a reason…', icon: MessageSquare, keys: 'r', run: () => ask({ act: 'mute', member }) },
      ],
    });
  if (rights.kick)
    items.push({ label: 'Remove from room', icon: UserMinus, keys: 'k', run: () => moderate.kick(member) });
  if (rights.ban)
    items.push({ label: 'Ban…', icon: Ban, keys: 'b', tone: 'bad', run: () => ask({ act: 'ban', member }) });
  return items;
}
