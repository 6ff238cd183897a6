/** What one does with messages: each act is on the screen at once, and says so when the server refuses it. */
import type { Client, MessageRow, ReactionGroup, Room } from '@parley/client';
import { useMemo, useState } from 'react';
import { hashOf } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { explain } from '../ui/explain.ts';
import { roomKey } from '../ui/name.ts';
import { copyText } from './clipboard.ts';
import type { RowActions } from './context.ts';

const undoMs = 5_000;

export type MessageActs = Pick<
  RowActions,
  'react' | 'toggle' | 'remove' | 'pin' | 'copyLink' | 'copyWords' | 'retry' | 'discard'
>;

/** The acts, and the keys of messages that are on their way out: shown as deleted while it can be undone. */
export function useActs(client: Client, room: Room): { acts: MessageActs; deleting: ReadonlySet<string> } {
  const { toasts } = useServices();
  const [deleting, setDeleting] = useState<ReadonlySet<string>>(new Set());
  const acts = useMemo((): MessageActs => {
    const refused = (error: unknown) => void toasts.show({ text: explain(error), tone: 'bad' });
    const refOf = ({ user, clientId }: MessageRow) => ({ user, clientId });
    const copy = async (text: string, done: string) =>
      toasts.show({ text: (await copyText(text)) ? done : 'The browser did not let it be copied', lastsMs: 2_500 });
    const react = (row: MessageRow, emoji: string) => {
      if (row.reactions.some((group) => group.emoji === emoji && group.mine !== undefined)) return;
      void room.react(refOf(row), emoji).catch(refused);
    };
    return {
      react,
      toggle(row: MessageRow, group: ReactionGroup) {
        const me = client.me.get()?.user;
        if (group.mine === undefined) react(row, group.emoji);
        else if (me) void room.unreact({ user: me, clientId: group.mine }).catch(refused);
      },
      remove(row) {
        const show = () => setDeleting((held) => new Set([...held].filter((key) => key !== row.key)));
        setDeleting((held) => new Set(held).add(row.key));
        toasts.show({
          text: row.mine ? 'Message deleted' : 'Message deleted for everybody',
          lastsMs: undoMs,
          undo: show,
          commit: () => room.redact(refOf(row)).catch(refused).finally(show),
        });
      },
      pin(row) {
        void (row.pinned ? room.unpin(refOf(row)) : room.pin(refOf(row)))
          .then(() => toasts.show({ text: row.pinned ? 'Unpinned' : 'Pinned for everybody', lastsMs: 2_500 }))
          .catch(refused);
      },
      copyLink(row) {
        if (row.seq === undefined) return;
        const hash = hashOf({ at: 'room', room: roomKey(room.summary.get()), seq: row.seq });
        void copy(`${location.origin}${location.pathname}${hash}`, 'Link copied');
      },
      copyWords: (row) => void copy(row.body?.text ?? '', 'Text copied'),
      retry: (row) => void client.retry({ room: room.id, clientId: row.clientId }).catch(refused),
      discard: (row) => void client.discard({ room: room.id, clientId: row.clientId }).catch(refused),
    };
  }, [client, room, toasts]);
  return { acts, deleting };
}
