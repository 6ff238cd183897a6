/** Settings: their list in the place of the room list, one page beside it. Loaded when first opened. */
import ChevronLeft from 'lucide-react/icons/chevron-left';
import { type ReactNode, useEffect, useRef } from 'react';
import { goBack, navigate, type SettingsPage } from '../route.ts';
import { IconButton } from '../ui/Button.tsx';
import { later } from '../ui/later.tsx';
import { phone, useMedia } from '../ui/useMedia.ts';
import { Appearance } from './Appearance.tsx';
import { Invites } from './Invites.tsx';
import { pagesOf, SettingsNav } from './Nav.tsx';
import { NoticePage } from './NoticePage.tsx';
import { Privacy } from './Privacy.tsx';
import { Profile } from './Profile.tsx';
import type { PageProps } from './page.ts';
import { Sessions } from './Sessions.tsx';
import styles from './Settings.module.css';
import { ShortcutsPage } from './ShortcutsPage.tsx';

const FederationPage = later(() => import('../federation/FederationPage.tsx').then((module) => module.FederationPage));

export function Settings({ client, me, page }: PageProps & { page: SettingsPage | undefined }) {
  const isPhone = useMedia(phone);
  const allowed = pagesOf(me).flatMap(({ pages }) => pages);
  const first = allowed[0]?.page ?? 'appearance';
  const shown = allowed.find((one) => one.page === page) ?? (isPhone && !page ? undefined : allowed[0]);
  useEffect(() => {
    if (shown && shown.page !== page) navigate({ at: 'settings', page: first }, { replace: true });
  }, [shown, page, first]);
  return (
    <>
      {!(isPhone && shown) && <SettingsNav client={client} me={me} page={shown?.page} alone={isPhone} />}
      {shown && (
        <Page key={shown.page} title={shown.label} isWide={shown.page === 'federation'}>
          {content(shown.page, { client, me })}
        </Page>
      )}
    </>
  );
}

function content(page: SettingsPage, props: PageProps): ReactNode {
  switch (page) {
    case 'profile':
      return <Profile {...props} />;
    case 'privacy':
      return <Privacy {...props} />;
    case 'sessions':
      return <Sessions {...props} />;
    case 'appearance':
      return <Appearance />;
    case 'shortcuts':
      return <ShortcutsPage />;
    case 'invites':
      return <Invites {...props} />;
    case 'notice':
      return <NoticePage {...props} />;
    case 'federation':
      return <FederationPage {...props} />;
  }
}

function Page({ title, isWide, children }: { title: string; isWide: boolean; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <main className={styles.page}>
      <header className={styles.bar}>
        <IconButton label="Back to settings" className={styles.back} onClick={() => goBack({ at: 'settings' })}>
          <ChevronLeft />
        </IconButton>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      <div className={styles.body}>
        <div className={`${styles.column} ${isWide ? styles.wide : ''}`}>{children}</div>
      </div>
    </main>
  );
}
