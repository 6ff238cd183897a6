/** Dialogs of the shell; loaded when the first one opens. */
import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import { BrowseRooms } from '../dialogs/BrowseRooms.tsx';
import { CreateRoom } from '../dialogs/CreateRoom.tsx';
import { KeyboardHelp } from '../dialogs/KeyboardHelp.tsx';
import { Switcher } from '../switcher/Switcher.tsx';
import type { Overlay } from './actions.ts';

export interface OverlayProps {
  client: Client;
  me: SignedIn;
  close(): void;
}

export function Overlays({ overlay, ...props }: OverlayProps & { overlay: Overlay }) {
  switch (overlay) {
    case 'switcher':
      return <Switcher {...props} />;
    case 'write':
      return <Switcher {...props} begin="@" />;
    case 'create':
      return <CreateRoom {...props} />;
    case 'browse':
      return <BrowseRooms {...props} />;
    case 'help':
      return <KeyboardHelp {...props} />;
  }
}
