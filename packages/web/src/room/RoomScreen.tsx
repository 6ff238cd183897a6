/** One room: its header, its timeline, where one writes, and a pane beside them. */
import type { Client, Room } from '@parley/client';
import { useEffect, useMemo, useRef } from 'react';
import { hashOf, type Pane as PaneName } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { useShell } from '../shell/actions.ts';
import { later } from '../ui/later.tsx';
import { roomKey, roomTag } from '../ui/name.ts';
import { useReadable } from '../ui/useReadable.ts';
import { Blocked, useStanding } from './Blocked.tsx';
import { Composer } from './Composer.tsx';
import { copyText } from './clipboard.ts';
import { RoomContext, type RoomContextValue } from './context.ts';
import { Floating } from './Floating.tsx';
import { Header } from './Header.tsx';
import { createRoomPeople } from './people.ts';
import styles from './RoomScreen.module.css';
import { roomMenu } from './roomMenu.ts';
import { lastOwn } from './seek.ts';
import { Timeline } from './Timeline.tsx';
import { Typing } from './Typing.tsx';
import { useActs } from './useActs.ts';
import { useAnnounce } from './useAnnounce.ts';
import { useOffers } from './useOffers.ts';
import { useRoomActions } from './useRoomActions.ts';
import { openDates, useRoomKeys } from './useRoomKeys.ts';
import { useSend } from './useSend.ts';
import { useItems, useTimeline, useTimelineState } from './useTimeline.ts';
import { useTypeToWrite } from './useTypeToWrite.ts';
import type { ComposerHandle } from './useWriting.ts';

const MembersPane = later(() => import('./MembersPane.tsx').then((parts) => parts.MembersPane));
const PinsPane = later(() => import('./PinsPane.tsx').then((parts) => parts.PinsPane));
const RoomDialogs = later(() => import('./RoomDialogs.tsx').then((parts) => parts.RoomDialogs));

export interface RoomScreenProps {
  client: Client;
  room: Room;
  pane: PaneName | undefined;
  onPane(pane: PaneName | undefined): void;
  onBack(): void;
  /** The entry that the address names. */
  focusEntry: number | undefined;
}

export function RoomScreen({ client, room, pane, onPane, onBack, focusEntry }: RoomScreenProps) {
  const window = useTimeline(room);
  const state = useTimelineState(window);
  const { acts, deleting } = useActs(client, room);
  const items = useItems(state, deleting);
  const composer = useRef<ComposerHandle>(null);
  const people = useMemo(() => createRoomPeople(client, room), [client, room]);
  const standing = useStanding(client, room);
  const name = useReadable(room.summary, roomTag);
  const unread = useReadable(room.summary, (summary) => summary.unread);
  const { context, list, focusList, floating, closeFloating, dialog, setDialog } = useRoomActions({
    client,
    room,
    window,
    acts,
    composer,
  });
  const onSend = useSend({
    client,
    room,
    people,
    toEnd: () => context.jump('newest'),
    help: (command) => setDialog({ type: 'help', command }),
  });
  useOffers(client, room, composer);
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
              room={room}
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
            <Blocked client={client} room={room} standing={standing} />
          ) : (
            <Composer
              client={client}
              room={room}
              people={people}
              handle={composer}
              onSend={onSend}
              lastOwn={() => lastOwn(state.rows)}
              onList={focusList}
            />
          )}
        </main>
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
        <Floating state={floating} onClose={closeFloating} />
      </div>
    </RoomContext>
  );
}

function useRoomMenu(context: RoomContextValue, onPane: RoomScreenProps['onPane']) {
  const shell = useShell();
  const { toasts } = useServices();
  const { room } = context;
  return () => {
    const summary = room.summary.get();
    return roomMenu(summary.view, {
      members: () => onPane('members'),
      pins: () => onPane('pins'),
      dates: () => openDates(context),
      invite: context.openInvite,
      settings: context.openSettings,
      copyLink: () => {
        const link = `${location.origin}${location.pathname}${hashOf({ at: 'room', room: roomKey(summary) })}`;
        void copyText(link).then(() => toasts.show({ text: 'Link copied', lastsMs: 2_500 }));
      },
      leave: () => shell.leave(room.id),
    });
  };
}
