import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import EyeOff from 'lucide-react/icons/eye-off';
import Keyboard from 'lucide-react/icons/keyboard';
import Laptop from 'lucide-react/icons/laptop';
import LogOut from 'lucide-react/icons/log-out';
import Megaphone from 'lucide-react/icons/megaphone';
import SunMoon from 'lucide-react/icons/sun-moon';
import Ticket from 'lucide-react/icons/ticket';
import User from 'lucide-react/icons/user';
import Waypoints from 'lucide-react/icons/waypoints';
import type { ComponentType, MouseEvent } from 'react';
import { goBack, hashOf, navigate, type SettingsPage } from '../route.ts';
import { useShell } from '../shell/actions.ts';
import list from '../shell/RoomList.module.css';
import { useRoving } from '../shell/useRoving.ts';
import { useServerName } from '../shell/useServerName.ts';
import { IconButton } from '../ui/Button.tsx';

interface PageLink {
  page: SettingsPage;
  label: string;
  icon: ComponentType;
}

/** Beside the list a page takes the place of another: one step back leaves the settings. */
function turnTo(event: MouseEvent, page: SettingsPage): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  navigate({ at: 'settings', page }, { replace: true });
}

const notForGuests = new Set<SettingsPage>(['profile', 'privacy']);

/** The pages that this account has. */
export function pagesOf(me: SignedIn): { of: 'me' | 'server'; pages: PageLink[] }[] {
  const mine: PageLink[] = [
    { page: 'profile', label: 'Profile', icon: User },
    { page: 'privacy', label: 'Privacy', icon: EyeOff },
    { page: 'sessions', label: 'Sessions and keys', icon: Laptop },
    { page: 'appearance', label: 'Appearance', icon: SunMoon },
    { page: 'shortcuts', label: 'Shortcuts', icon: Keyboard },
  ];
  const server: PageLink[] = [
    { page: 'federation', label: 'Other servers', icon: Waypoints },
    { page: 'invites', label: 'Invites', icon: Ticket },
    { page: 'notice', label: 'Notice to everybody', icon: Megaphone },
  ];
  return [
    { of: 'me' as const, pages: mine.filter(({ page }) => me.kind !== 'guest' || !notForGuests.has(page)) },
    { of: 'server' as const, pages: me.serverRole === 'user' ? [] : server },
  ].filter(({ pages }) => pages.length > 0);
}

export function SettingsNav(props: { client: Client; me: SignedIn; page: SettingsPage | undefined; alone: boolean }) {
  const { client, me, page, alone } = props;
  const shell = useShell();
  const roving = useRoving();
  const Frame = alone ? 'main' : 'nav';
  const Heading = alone ? 'h1' : 'h2';
  const Sub = alone ? 'h2' : 'h3';
  const names = { me: me.display || me.name, server: useServerName(client) };
  return (
    <Frame className={list.list} aria-label="Settings">
      <div className={list.head}>
        <IconButton label="Close settings" keys="Esc" onClick={() => goBack({ at: 'home' })}>
          <ChevronLeft />
        </IconButton>
        <Heading>Settings</Heading>
      </div>
      <div className={list.body} {...roving}>
        {pagesOf(me).map(({ of, pages }) => (
          <section key={of} className={list.section}>
            <Sub className={list.plain}>{names[of]}</Sub>
            <ul>
              {pages.map(({ page: to, label, icon: Icon }) => (
                <li key={to}>
                  <a
                    className={`${list.row} ${to === page ? list.selected : ''}`}
                    href={hashOf({ at: 'settings', page: to })}
                    aria-current={to === page ? 'page' : undefined}
                    data-row
                    tabIndex={to === page ? 0 : -1}
                    onClick={(event) => alone || turnTo(event, to)}
                  >
                    <span className={list.sign}>
                      <Icon />
                    </span>
                    <span className={list.name}>{label}</span>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <section className={list.section}>
          <button type="button" className={list.row} data-row tabIndex={-1} onClick={shell.signOut}>
            <span className={list.sign}>
              <LogOut />
            </span>
            {me.kind === 'guest' ? 'Stop being a guest' : 'Sign out'}
          </button>
        </section>
      </div>
    </Frame>
  );
}
