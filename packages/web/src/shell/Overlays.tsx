/** Dialogs of the shell; loaded when the first one opens. */
import { BrowseRooms } from '../dialogs/BrowseRooms.tsx';
import { CreateRoom } from '../dialogs/CreateRoom.tsx';
import { KeyboardHelp } from '../dialogs/KeyboardHelp.tsx';
import { Switcher } from '../switcher/Switcher.tsx';
import type { Overlay } from './actions.ts';
import type { OverlayProps } from './overlay.ts';

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
