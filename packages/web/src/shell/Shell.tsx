/** The frame of the signed-in app: rail, list, and the one screen beside them; on phones one of them at a time. */
import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import { useEffect, useMemo } from 'react';
import { whenSettled } from '../platform/settled.ts';
import { navigate, type Route } from '../route.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { later } from '../ui/later.tsx';
import { roomKey } from '../ui/name.ts';
import { phone, useMedia } from '../ui/useMedia.ts';
import { useReadable } from '../ui/useReadable.ts';
import { ShellContext } from './actions.ts';
import { ChannelPlace } from './ChannelPlace.tsx';
import { ConnectionBar } from './ConnectionBar.tsx';
import { EmptyRooms } from './EmptyRooms.tsx';
import { KeyPlace } from './KeyPlace.tsx';
import { NoticeBar } from './NoticeBar.tsx';
import { Rail } from './Rail.tsx';
import { RoomList } from './RoomList.tsx';
import { RoomPlace } from './RoomPlace.tsx';
import styles from './Shell.module.css';
import { type Section, sectionsOf } from './sections.ts';
import { useKeyMessages } from './useKeyMessages.ts';
import { useRefusals } from './useRefusals.ts';
import { useShellActions } from './useShellActions.ts';
import { lastRoom, useShellEffects } from './useShellEffects.ts';

const Settings = later(() => import('../settings/Settings.tsx').then((module) => module.Settings));
const Overlays = later(() => import('./Overlays.tsx').then((module) => module.Overlays));

export function Shell({ client, me, route }: { client: Client; me: SignedIn; route: Route }) {
  const { actions, overlay, close, hidden } = useShellActions(client);
  const rooms = useReadable(client.rooms);
  const sections = useMemo(() => sectionsOf(rooms, hidden), [rooms, hidden]);
  const isPhone = useMedia(phone);
  const current = route.at === 'room' ? client.room(route.room)?.id : undefined;
  useShellEffects({ client, route, current, sections, actions, isPhone, guest: me.kind === 'guest' });
  useHome(route, sections, isPhone);
  useRefusals(client);
  const mail = useKeyMessages(client, me);
  useEffect(() => {
    // Ctrl+K must not wait for the network: what is typed after it would land in the message.
    return whenSettled(client, () => void Overlays.preload().catch(() => undefined));
  }, [client]);
  const view = isPlace(route) ? 'main' : 'list';
  return (
    <ShellContext value={actions}>
      <div className={styles.app} data-view={view}>
        <SkipLink />
        <Rail client={client} route={route} />
        {route.at === 'settings' ? (
          <ErrorBoundary what="This page" resetKey={route.page}>
            <Settings client={client} me={me} page={route.page} fallback={<div className={styles.listGap} />} />
          </ErrorBoundary>
        ) : (
          <>
            <ErrorBoundary what="The list of rooms">
              <RoomList
                client={client}
                me={me}
                sections={sections}
                hidden={hidden}
                current={current}
                channel={route.at === 'channel' ? route.channel : undefined}
                mail={mail}
                keyAt={route.at === 'key' ? (route.key ?? 'home') : undefined}
                alone={isPhone && view === 'list'}
                away={isPhone && view === 'main'}
              />
            </ErrorBoundary>
            <div className={styles.main}>
              <NoticeBar client={client} />
              <ConnectionBar client={client} />
              {route.at === 'room' ? (
                <ErrorBoundary what="This room" resetKey={route.room}>
                  <RoomPlace client={client} route={route} />
                </ErrorBoundary>
              ) : route.at === 'channel' ? (
                <ErrorBoundary what="This channel" resetKey={route.channel}>
                  <ChannelPlace key={route.channel} client={client} name={route.channel} />
                </ErrorBoundary>
              ) : route.at === 'key' ? (
                <ErrorBoundary what="This page" resetKey={route.key}>
                  <KeyPlace client={client} address={route.key} />
                </ErrorBoundary>
              ) : (
                !isPhone && <EmptyRooms client={client} guest={me.kind === 'guest'} />
              )}
            </div>
          </>
        )}
      </div>
      {overlay && <Overlays client={client} me={me} overlay={overlay} close={close} />}
    </ShellContext>
  );
}

/** Whether a phone shows it in the place of the list. */
const isPlace = (route: Route): boolean =>
  route.at === 'room' ||
  route.at === 'channel' ||
  route.at === 'key' ||
  (route.at === 'settings' && route.page !== undefined);

/** The first stop of Tab: over the list, to what one came for. */
function SkipLink() {
  const skip = () => {
    const target = document.querySelector<HTMLElement>('main textarea') ?? document.querySelector<HTMLElement>('main');
    if (target && target.tabIndex < 0) target.tabIndex = -1;
    target?.focus();
  };
  return (
    <button type="button" className={styles.skip} onClick={skip}>
      Skip to the main part
    </button>
  );
}

/** Beside the list there is always a room: the one of last time, else the first. */
function useHome(route: Route, sections: readonly Section[], isPhone: boolean): void {
  const [first] = sections.flatMap((section) => section.rooms);
  // Who came by a way in is at home now.
  const isHome = route.at === 'home' || route.at === 'enter';
  const target = isHome && !isPhone ? first : undefined;
  useEffect(() => {
    if (!target) return;
    const last = lastRoom();
    const known = sections.flatMap(({ rooms }) => rooms).find(({ view }) => view.id === last);
    navigate({ at: 'room', room: roomKey(known ?? target) }, { replace: true });
  }, [target, sections]);
}
