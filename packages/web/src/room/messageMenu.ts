import type { MessageRow } from '@parley/client';
import Copy from 'lucide-react/icons/copy';
import History from 'lucide-react/icons/history';
import Link from 'lucide-react/icons/link-2';
import Pencil from 'lucide-react/icons/pencil';
import Pin from 'lucide-react/icons/pin';
import PinOff from 'lucide-react/icons/pin-off';
import Reply from 'lucide-react/icons/reply';
import RotateCw from 'lucide-react/icons/rotate-cw';
import SmilePlus from 'lucide-react/icons/smile-plus';
import Trash from 'lucide-react/icons/trash-2';
import type { MenuItem } from '../ui/menu.ts';
import type { RoomContextValue } from './context.ts';
import { rightsOn } from './may.ts';

/** What can be done with one message, and nothing that would be refused. */
export function messageMenu(room: RoomContextValue, row: MessageRow, anchor: HTMLElement): MenuItem[] {
  const rights = rightsOn(row, room.room.summary.get().view, Date.now());
  const items: MenuItem[] = [];
  const add = (when: boolean, item: MenuItem) => void (when && items.push(item));
  if (row.state === 'failed') {
    add(true, { label: 'Retry', icon: RotateCw, keys: 'r', run: () => room.retry(row) });
    add(row.body !== null, { label: 'Copy text', icon: Copy, keys: 'c', run: () => room.copyWords(row) });
    add(true, { label: 'Discard', icon: Trash, keys: 'd', tone: 'bad', run: () => room.discard(row) });
    return items;
  }
  add(rights.react, { label: 'React…', icon: SmilePlus, keys: '+', run: () => room.pickReaction(row, anchor) });
  add(rights.reply, { label: 'Reply', icon: Reply, keys: 'r', run: () => room.reply(row) });
  add(rights.edit, { label: 'Edit', icon: Pencil, keys: 'e', run: () => room.edit(row) });
  add(rights.pin, {
    label: row.pinned ? 'Unpin' : 'Pin',
    icon: row.pinned ? PinOff : Pin,
    keys: 'p',
    run: () => room.pin(row),
  });
  add(row.body !== null, { label: 'Copy text', icon: Copy, keys: 'c', run: () => room.copyWords(row) });
  add(row.seq !== undefined, { label: 'Copy link', icon: Link, keys: 'l', run: () => room.copyLink(row) });
  add(row.edited !== undefined && row.body !== null, {
    label: 'History of edits',
    icon: History,
    keys: 'h',
    run: () => room.openEdits(row),
  });
  if (rights.delete) {
    items.push('separator');
    items.push({ label: 'Delete', icon: Trash, keys: 'd', tone: 'bad', run: () => room.remove(row) });
  }
  return items;
}
