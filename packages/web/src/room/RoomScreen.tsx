/** One room: its header, its timeline, where one writes, and a pane beside them. */
import type { Client, MessageRow, Room } from '@parley/client';
import type { Command } from '@parley/client/command';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { hashOf, type Pane as PaneName } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { useShell } from '../shell/actions.ts';
import { explain } from '../ui/explain.ts';
import { roomKey, roomName } from '../ui/name.ts';
import { useReadable } from '../ui/useReadable.ts';
import { Blocked, useStanding } from './Blocked.tsx';
import { Composer, type ComposerHandle } from './Composer.tsx';
import { copyText } from './clipboard.ts';
import { type ActiveRow, createActiveRow, RoomContext, type RoomContextValue } from './context.ts';
import { Floating, type FloatingState } from './Floating.tsx';
import type { Reader } from './fragment.ts';
import { Header } from './Header.tsx';
import { createRoomPeople } from './people.ts';
import styles from './RoomScreen.module.css';
import { roomMenu } from './roomMenu.ts';
import { lastOwn } from './seek.ts';
import { Timeline, type TimelineHandle } from './Timeline.tsx';
import { Typing } from './Typing.tsx';
import { useActs } from './useActs.ts';
import { useAnnounce } from './useAnnounce.ts';
import { openDates, useRoomKeys } from './useRoomKeys.ts';
import { useSend } from './useSend.ts';
import { useItems, useTimeline, useTimelineState } from './useTimeline.ts';
import { useTypeToWrite } from './useTypeToWrite.ts';

const MembersPane = lazy(() => import('./MembersPane.tsx').then((parts) => ({ default: parts.MembersPane })));
const PinsPane = lazy(() => import('./PinsPane.tsx').then((parts) => ({ default: parts.PinsPane })));
const RoomDialogs = lazy(() => import('./RoomDialogs.tsx').then((parts) => ({ default: parts.RoomDialogs })));

export interface RoomScreenProps {
  client: Client;
  room: Room;
  pane: PaneName | undefined;
  onPane(pane: PaneName | undefined): void;
  onBack(): void;
  /** The entry that the address names. */
  focusEntry: number | undefined;
}

export type OpenDialog =
  | { type: 'settings' | 'invite' }
  | { type: 'edits'; row: MessageRow }
  | { type: 'help'; command: Command | undefined };

export function RoomScreen({ client, room, pane, onPane, onBack, focusEntry }: RoomScreenProps) {
  const { toasts } = useServices();
  const window = useTimeline(room);
  const state = useTimelineState(window);
  const { acts, deleting } = useActs(client, room);
  const items = useItems(state, deleting);
  const [floating, setFloating] = useState<FloatingState>();
  const [dialog, setDialog] = useState<OpenDialog>();
  const composer = useRef<ComposerHandle>(null);
  const list = useRef<TimelineHandle>(null);
  const people = useMemo(() => createRoomPeople(client, room), [client, room]);
  const standing = useStanding(client, room);
  const name = useReadable(room.summary, ({ view }) => `#${roomName(view)}`);
  const unread = useReadable(room.summary, (summary) => summary.unread);
  const active = useMemo(createActiveRow, []);
  const me = useReadable(client.me, (signedIn) => signedIn?.user);

  const context = useMemo((): RoomContextValue => {
    const jump: RoomContextValue['jump'] = async (to) => {
      const key = await window?.jump(to).catch((error) => {
        toasts.show({ text: explain(error), tone: 'bad' });
        return undefined;
      });
      if (key !== undefined)
        list.current?.show(key, to === 'newest' ? { end: true } : { focus: to !== 'first-unread' });
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
  }, [client, room, me, acts, active, window, toasts]);

  const onSend = useSend({
    client,
    room,
    people,
    toEnd: () => context.jump('newest'),
    help: (command) => setDialog({ type: 'help', command }),
  });
  useAnnounce(state);
  useTypeToWrite(() => composer.current?.focus());
  useEffect(() => {
    if (focusEntry !== undefined) context.jump({ seq: focusEntry });
  }, [focusEntry, context]);
  useRoomKeys(context, { pane, onPane });
  const menu = useRoomMenu(context, onPane);
  const close = () => onPane(undefined);
  const loaded = window && (items.length > 0 || state.loading === undefined);
  return (
    <RoomContext value={context}>
      <div className={styles.screen}>
        <main className={styles.main}>
          <Header client={client} room={room} pane={pane} onPane={onPane} onBack={onBack} menu={menu} />
          {loaded ? (
            <Timeline
              window={window}
              state={state}
              items={items}
              name={name}
              unread={unread}
              handle={list}
              onLeave={() => composer.current?.focus()}
            />
          ) : (
            <div className={styles.waiting} />
          )}
          <Typing client={client} room={room} />
          {standing ? (
            <Blocked standing={standing} />
          ) : (
            <Composer
              client={client}
              room={room}
              people={people}
              handle={composer}
              onSend={onSend}
              lastOwn={() => lastOwn(state.rows)}
              onList={() => list.current?.focus()}
            />
          )}
        </main>
        <Suspense>
          {pane === 'members' && (
            <MembersPane
              client={client}
              room={room}
              onClose={close}
              onMention={(who) => composer.current?.insert(`@${who} `)}
            />
          )}
          {pane === 'pins' && <PinsPane client={client} room={room} rows={state.rows} onClose={close} />}
          {dialog && <RoomDialogs client={client} room={room} dialog={dialog} onClose={() => setDialog(undefined)} />}
        </Suspense>
        <Floating
          state={floating}
          onClose={() => {
            setFloating(undefined);
            release(active);
          }}
        />
      </div>
    </RoomContext>
  );
}

function readerOf(client: Client, me: string | undefined): Reader {
  return {
    me,
    nameOf: (user) => client.person(user)?.name ?? (user === me ? client.me.get()?.name : undefined),
    hashOf: (alias) => (client.room(`#${alias}`) ? hashOf({ at: 'room', room: alias }) : undefined),
  };
}

/** The row's bar goes when the act in its menu led somewhere else, by keys. */
function release(active: ActiveRow): void {
  active.hold(false);
  requestAnimationFrame(() => {
    const now = document.activeElement;
    const elsewhere = now?.matches('textarea, input');
    if (elsewhere && !document.querySelector('[data-timeline] li:hover')) active.set(undefined);
  });
}

function useRoomMenu(context: RoomContextValue, onPane: RoomScreenProps['onPane']) {
  const shell = useShell();
  const { toasts } = useServices();
  const { room } = context;
  return () => {
    const { view } = room.summary.get();
    return roomMenu(view, {
      members: () => onPane('members'),
      pins: () => onPane('pins'),
      dates: () => openDates(context),
      invite: context.openInvite,
      settings: context.openSettings,
      copyLink: () => {
        const link = `${location.origin}${location.pathname}${hashOf({ at: 'room', room: roomKey(view) })}`;
        void copyText(link).then(() => toasts.show({ text: 'Link copied', lastsMs: 2_500 }));
      },
      leave: () => shell.leave(room.id),
    });
  };
}
