import type { Client } from '@parley/client';
import { useEffect, useState } from 'react';
import { SessionEnded, Starting, Unreachable } from './enter/Quiet.tsx';
import { followClaims } from './platform/claim.ts';
import { whenSettled } from './platform/settled.ts';
import { followLinks, useRoute } from './route.ts';
import { type Services, ServicesProvider } from './service/services.tsx';
import { RoomScreen } from './shell/RoomPlace.tsx';
import { Shell } from './shell/Shell.tsx';
import { ErrorBoundary } from './ui/ErrorBoundary.tsx';
import { Layers } from './ui/Layers.tsx';
import { later } from './ui/later.tsx';
import { useReadable } from './ui/useReadable.ts';

export const Enter = later(() => import('./enter/Enter.tsx').then((module) => module.Enter));

/** The whole app over one client. `claim` is the owner's secret when the page was opened by its link. */
export function App(props: { client: Client; services: Services; claim?: string | undefined }) {
  return (
    <ServicesProvider services={props.services}>
      <ErrorBoundary what="Parley">
        <Screen client={props.client} claim={props.claim} />
      </ErrorBoundary>
      <Layers client={props.client} />
    </ServicesProvider>
  );
}

function Screen({ client, claim }: { client: Client; claim: string | undefined }) {
  // Before the route is followed: it would lead away from the link.
  const [secret, setSecret] = useState(claim);
  useEffect(() => followClaims(setSecret), []);
  const me = useReadable(client.me);
  const status = useReadable(client.status);
  const server = useReadable(client.server);
  const route = useRoute();
  useEffect(() => followLinks(document), []);
  useEffect(() => {
    // Whoever signs in now finds the rooms loaded.
    return whenSettled(client, () => void RoomScreen.preload().catch(() => undefined));
  }, [client]);
  if (status.state === 'closed') return <SessionEnded client={client} code={status.code} />;
  const owner = secret === undefined ? undefined : { secret, done: () => setSecret(undefined) };
  if (me && !owner) return <Shell client={client} me={me} route={route} />;
  if (server && (owner || status.state !== 'online'))
    return <Enter client={client} server={server} route={route} owner={owner} fallback={<Starting />} />;
  if (status.state === 'offline') return <Unreachable client={client} status={status} />;
  return <Starting />;
}
