/** What the parts of a room ask of each other: one object that its rows share, and what is open because of it. */
import { type Client, type Room, readRoom, type Timeline as Window } from '@parley/client';
import { type RefObject, useEffect, useMemo, useState } from 'react';
import { hashOf } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { explain } from '../ui/explain.ts';
import { useReadable } from '../ui/useReadable.ts';
import { type ActiveRow, createActiveRow, type RoomContextValue } from './context.ts';
import type { OpenDialog } from './dialog.ts';
import type { FloatingState } from './Floating.tsx';
import type { Reader } from './fragment.ts';
import { createOffices } from './offices.ts';
import type { TimelineHandle } from './Timeline.tsx';
import type { MessageActs } from './useActs.ts';
import type { ShowOptions } from './useScroll.ts';
import type { ComposerHandle } from './useWriting.ts';

export interface RoomActions {
  context: RoomContextValue;
  /** For the list, as a ref. */
  list(handle: TimelineHandle | null): void;
  focusList(): void;
  floating: FloatingState | undefined;
  closeFloating(): void;
  dialog: OpenDialog | undefined;
  setDialog(dialog: OpenDialog | undefined): void;
}

export function useRoomActions(of: {
  client: Client;
  room: Room;
  window: Window | undefined;
  acts: MessageActs;
  composer: RefObject<ComposerHandle | null>;
}): RoomActions {
  const { client, room, window, acts, composer } = of;
  const { toasts } = useServices();
  const [floating, setFloating] = useState<FloatingState>();
  const [dialog, setDialog] = useState<OpenDialog>();
  const active = useMemo(createActiveRow, []);
  const me = useReadable(client.me, (signedIn) => signedIn?.user);
  const rows = useMemo(createRowGuide, []);
  const offices = useMemo(() => createOffices(client, room), [client, room]);
  useEffect(() => offices.start(), [offices]);
  const context = useMemo((): RoomContextValue => {
    const jump = async (to: Parameters<RoomContextValue['jump']>[0]) => {
      try {
        const key = await window?.jump(to);
        if (key !== undefined) rows.show(key, to === 'newest' ? { end: true } : { focus: to !== 'first-unread' });
      } catch (error) {
        toasts.show({ text: explain(error), tone: 'bad' });
      }
    };
    const float = (next: FloatingState) => {
      active.hold(next.type !== 'dates');
      setFloating(next);
    };
    return {
      ...acts,
      client,
      room,
      me,
      reader: readerOf(client, me),
      offices,
      active,
      jump: (to) => void jump(to),
      reply: (row) => composer.current?.reply(row),
      edit: (row) => composer.current?.edit(row),
      pickReaction: (row, anchor) => float({ type: 'reaction', row, anchor }),
      openMenu: (row, anchor) => float({ type: 'menu', row, anchor }),
      openDates: (at, anchor) => float({ type: 'dates', at, anchor }),
      openEdits: (row) => setDialog({ type: 'edits', row }),
      openSettings: () => setDialog({ type: 'settings' }),
      openInvite: () => setDialog({ type: 'invite' }),
    };
  }, [client, room, me, acts, active, offices, window, toasts, rows, composer]);
  return {
    context,
    list: rows.attach,
    focusList: rows.focus,
    floating,
    closeFloating() {
      setFloating(undefined);
      release(active);
    },
    dialog,
    setDialog,
  };
}

/** Leads to rows of a list that may not be there yet: a link is often read before its room. */
function createRowGuide() {
  let list: TimelineHandle | null = null;
  let wanted: { key: string; options: ShowOptions } | undefined;
  return {
    attach(handle: TimelineHandle | null) {
      list = handle;
      if (!handle || !wanted) return;
      handle.show(wanted.key, wanted.options);
      wanted = undefined;
    },
    show(key: string, options: ShowOptions) {
      if (list) list.show(key, options);
      else wanted = { key, options };
    },
    focus: () => list?.focus(),
  };
}

/** A name with the name of a server in DNS is meant for one, whether or not one is in that room. */
function hashOfRoom(client: Client, room: string, server: string | undefined): string | undefined {
  const leads = client.room(room) !== undefined || (server?.includes('.') && readRoom(room) !== undefined);
  return leads ? hashOf({ at: 'room', room: room.toLowerCase() }) : undefined;
}

function readerOf(client: Client, me: string | undefined): Reader {
  return {
    me,
    nameOf: (user) => client.person(user)?.name ?? (user === me ? client.me.get()?.name : undefined),
    hashOf: (alias, server) => hashOfRoom(client, server === undefined ? alias : `${alias}:${server}`, server),
    serverOf: (user) => client.servers.labelOf(user),
  };
}

/** The row's bar goes when the act in its menu led somewhere else, by keys. */
function release(active: ActiveRow): void {
  active.hold(false);
  requestAnimationFrame(() => {
    const elsewhere = document.activeElement?.matches('textarea, input');
    if (elsewhere && !document.querySelector('[data-timeline] li:hover')) active.set(undefined);
  });
}
