import type { Client } from '@parley/client';
import { useMemo, useState } from 'react';
import { serverPatienceMs } from '../room/words.ts';
import { navigate, parseRoute } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { explain } from '../ui/explain.ts';
import { placed, roomTag } from '../ui/name.ts';
import type { Overlay, ShellActions } from './actions.ts';

export interface ShellState {
  actions: ShellActions;
  overlay: Overlay | undefined;
  close(): void;
  /** Rooms and invitations that are on their way out: hidden while it can be undone. */
  hidden: ReadonlySet<string>;
}

/** Whether a room goes that is left: its server may take a moment, or be away. */
async function isGone(client: Client, id: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), serverPatienceMs.hint);
  const stop = client.rooms.subscribe(() => client.room(id) || resolve(true));
  try {
    return client.room(id) === undefined || (await promise);
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** What the shell does for its parts. Acts that can be undone happen when their note goes away. */
export function useShellActions(client: Client): ShellState {
  const { toasts } = useServices();
  const [overlay, setOverlay] = useState<Overlay>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const actions = useMemo((): ShellActions => {
    const hide = (id: string) => setHidden((held) => new Set(held).add(id));
    const show = (id: string) => setHidden((held) => new Set([...held].filter((other) => other !== id)));
    const later = (id: string, text: string, act: () => Promise<unknown>) => {
      hide(id);
      const failed = (error: unknown) => {
        show(id);
        toasts.show({ text: explain(error), tone: 'bad' });
      };
      toasts.show({
        text,
        undo: () => show(id),
        commit: () => act().then(() => show(id), failed),
      });
    };
    return {
      open: setOverlay,
      leave(id) {
        const room = client.room(id);
        if (!room) return;
        const summary = room.summary.get();
        const route = parseRoute(location.hash);
        if (route.at === 'room' && client.room(route.room) === room) navigate({ at: 'home' }, { replace: true });
        const watching = summary.view.me.membership === 'watching';
        const name = summary.view.direct ? `the conversation with ${roomTag(summary)}` : roomTag(summary);
        const server = summary.server?.label;
        later(room.id, watching ? `You no longer watch ${name}` : `You left ${name}`, async () => {
          if ((await room.leave()) === 'left' || (await isGone(client, id))) return;
          toasts.show({ text: `You are in ${name} until ${server ?? 'its server'} hears that you leave` });
        });
      },
      decline(id) {
        const view = client.invitations.get().find((one) => one.id === id);
        if (!view) return;
        const name = view.title || roomTag(placed(client, view));
        later(id, view.direct ? `Request of ${name} declined` : `Invitation to ${name} declined`, () =>
          client.request('room.leave', { room: id, clientId: client.newClientId() }),
        );
      },
      signOut() {
        toasts.flush();
        void client.signOut().catch((error) => toasts.show({ text: explain(error), tone: 'bad' }));
      },
    };
  }, [client, toasts]);
  return { actions, overlay, close: () => setOverlay(undefined), hidden };
}
