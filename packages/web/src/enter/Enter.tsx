/** Ways in: sign in, create an account, look in as a guest, become the owner. */
import type { Client, ServerInfo } from '@parley/client';
import Server from 'lucide-react/icons/server';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { type ReactNode, useState } from 'react';
import { type Capabilities, capabilities } from '../platform/capabilities.ts';
import type { Route } from '../route.ts';
import { useServerName } from '../shell/useServerName.ts';
import { later } from '../ui/later.tsx';
import { WordMark } from '../ui/Mark.tsx';
import styles from './Enter.module.css';
import { FirstRun, type Owner } from './FirstRun.tsx';
import { Guest } from './Guest.tsx';
import { GuestLeaves, ServerSees, ServerStands } from './ServerSees.tsx';
import { SignIn } from './SignIn.tsx';
import { SignUp } from './SignUp.tsx';

const KeySignIn = later(() => import('./KeySignIn.tsx').then((module) => module.KeySignIn));

type Way = Extract<Route, { at: 'enter' }>['way'];

export function Enter(props: { client: Client; server: ServerInfo; route: Route; owner: Owner | undefined }) {
  const { client, server, route, owner } = props;
  const asked = route.at === 'enter' ? route : undefined;
  const [way, setWay] = useState<Way>(asked?.way ?? 'sign-in');
  const [given, setGiven] = useState(asked);
  if (asked && asked !== given) {
    setGiven(asked);
    setWay(asked.way);
  }
  const here = capabilities();
  const name = useServerName(client);
  if (owner)
    return (
      <Frame here={here} facts={<ServerStands server={server} here={here} />}>
        <FirstRun key={owner.secret} client={client} server={server} name={name} owner={owner} />
      </Frame>
    );
  const facts = way === 'guest' ? <GuestLeaves name={name} /> : <ServerSees name={name} here={here} />;
  return (
    <Frame here={here} facts={facts}>
      <Ways way={way} onWay={setWay} guests={server.guests} />
      {way === 'sign-in' && <SignIn client={client} place={<Place name={name} />} onKey={() => setWay('key')} />}
      {way === 'key' && <KeySignIn client={client} place={<Place name={name} />} />}
      {way === 'sign-up' && (
        <SignUp client={client} server={server} invite={asked?.invite} place={<Place name={name} />} />
      )}
      {way === 'guest' && <Guest client={client} place={<Place name={name} />} />}
    </Frame>
  );
}

function Frame({ here, facts, children }: { here: Capabilities; facts: ReactNode; children: ReactNode }) {
  return (
    <main className={styles.auth}>
      <div className={styles.side}>
        <div className={styles.inner}>
          <WordMark className={styles.wordmark} />
          {!here.secure && <NotSecure />}
          {children}
        </div>
      </div>
      {facts}
    </main>
  );
}

function NotSecure() {
  return (
    <div className={styles.warning} role="note">
      <TriangleAlert />
      <p>
        <b>This page came over plain HTTP.</b> You can chat, but the app cannot open without a network, and anybody
        between you and the server can read along. Ask its operator for an https:// address.
      </p>
    </div>
  );
}

const names = { 'sign-in': 'Sign in', 'sign-up': 'Create account', guest: 'Guest' } as const satisfies Partial<
  Record<Way, string>
>;
type Tab = keyof typeof names;

function Ways({ way, onWay, guests }: { way: Way; onWay(way: Way): void; guests: boolean }) {
  // A key is another way to sign in.
  const current = way === 'key' ? 'sign-in' : way;
  const ways = (Object.keys(names) as Tab[]).filter((one) => one !== 'guest' || guests);
  return (
    <nav className={styles.tabs} aria-label="Ways in">
      {ways.map((one) => (
        <button key={one} type="button" aria-current={one === current ? 'page' : undefined} onClick={() => onWay(one)}>
          {names[one]}
        </button>
      ))}
    </nav>
  );
}

function Place({ name }: { name: string }) {
  return (
    <p className={styles.server}>
      <Server />
      <span>
        on <b>{name}</b>
      </span>
    </p>
  );
}
