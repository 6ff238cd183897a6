/** The dialogs of a room; they load when the first one opens. */
import type { Client, Room } from '@parley/client';
import { type Command, usable, usageOf } from '@parley/client/command';
import { Dialog } from '../ui/Dialog.tsx';
import styles from './Dialogs.module.css';
import type { OpenDialog } from './dialog.ts';
import { EditsDialog } from './EditsDialog.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';

export interface RoomDialogsProps {
  client: Client;
  room: Room;
  dialog: OpenDialog | undefined;
  onClose(): void;
}

export function RoomDialogs({ client, room, dialog, onClose }: RoomDialogsProps) {
  const shared = { client, room, onOpenChange: (open: boolean) => !open && onClose() };
  return (
    <>
      <SettingsDialog {...shared} open={dialog?.type === 'settings'} />
      <InviteDialog {...shared} open={dialog?.type === 'invite'} />
      <EditsDialog
        client={client}
        room={room}
        row={dialog?.type === 'edits' ? dialog.row : undefined}
        onClose={onClose}
      />
      <Dialog
        open={dialog?.type === 'help'}
        onOpenChange={shared.onOpenChange}
        title="Commands"
        about="Begin a line with / to use one."
        width="wide"
      >
        {dialog?.type === 'help' && (
          <Commands commands={dialog.command ? [dialog.command] : usable(room.summary.get().view, client.me.get())} />
        )}
      </Dialog>
    </>
  );
}

function Commands({ commands }: { commands: readonly Command[] }) {
  return (
    <dl className={styles.commands}>
      {commands.map((command) => (
        <div key={command.name}>
          <dt>
            <code>{usageOf(command)}</code>
          </dt>
          <dd>{command.about}</dd>
        </div>
      ))}
    </dl>
  );
}
