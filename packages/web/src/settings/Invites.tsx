import type { Reply } from '@parley/protocol';
import Copy from 'lucide-react/icons/copy';
import Ticket from 'lucide-react/icons/ticket';
import { useCallback, useId, useState } from 'react';
import { hashOf } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { Tag } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { FormError } from '../ui/Field.tsx';
import { ago, countOf, fullTime } from '../ui/time.ts';
import { useSubmit } from '../ui/useSubmit.ts';
import type { PageProps } from './page.ts';
import styles from './Settings.module.css';
import { useLoaded } from './useLoaded.ts';

type Invite = Reply<'invite.list'>['invites'][number];

const hourMs = 3_600_000;
const uses = [1, 5, 10, 50, 100] as const;
const lasts = [
  { ms: hourMs, label: '1 hour' },
  { ms: 24 * hourMs, label: '1 day' },
  { ms: 7 * 24 * hourMs, label: '7 days' },
  { ms: 30 * 24 * hourMs, label: '30 days' },
] as const;

const linkOf = (code: string): string =>
  `${location.origin}${location.pathname}${hashOf({ at: 'enter', way: 'sign-up', invite: code })}`;

/** Invites to the server, for its operators. */
export function Invites({ client }: PageProps) {
  const { toasts } = useServices();
  const invites = useLoaded(useCallback(() => client.request('invite.list', {}), [client]));
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const [made, setMade] = useState<string>();
  const form = useSubmit(async (fields) => {
    const payload = { uses: Number(fields.get('uses')), expiresMs: Number(fields.get('expires')) };
    const { code } = await client.request('invite.create', payload);
    setMade(code);
    invites.reload();
  });
  const shown = invites.value?.invites.filter(({ code }) => !leaving.has(code)) ?? [];
  const revoke = (code: string) => {
    setLeaving((held) => new Set(held).add(code));
    const back = () => setLeaving((held) => new Set([...held].filter((other) => other !== code)));
    toasts.show({
      text: `The invite ${code} is revoked`,
      undo: back,
      commit: () =>
        client.request('invite.revoke', { code }).then(invites.reload, (error: unknown) => {
          back();
          toasts.show({ text: explain(error), tone: 'bad' });
        }),
    });
  };
  const open = client.server.get()?.signUp === 'open';
  return (
    <>
      <section>
        <p className={styles.about}>
          {open
            ? 'Anybody who reaches this server can make an account now; an invite is not needed.'
            : 'New people need an invite. Whoever has the link can use it, so send it only to those you mean.'}
        </p>
        <form className={styles.form} onSubmit={form.onSubmit}>
          <div className={styles.two}>
            <Select
              label="For how many people"
              name="uses"
              options={uses.map((count) => [String(count), countOf(count)])}
            />
            <Select
              label="Good for"
              name="expires"
              initial={String(lasts[2].ms)}
              options={lasts.map(({ ms, label }) => [String(ms), label])}
            />
          </div>
          <FormError>{form.rest()}</FormError>
          <Button type="submit" look="primary" busy={form.busy}>
            Make an invite
          </Button>
        </form>
      </section>
      <section>
        <div className={styles.head}>
          <h2>
            Invites that can be used <span className="dim">{invites.value && shown.length}</span>
          </h2>
        </div>
        {invites.error && <p className={styles.none}>{invites.error}</p>}
        <ul className={styles.card}>
          {invites.value && shown.length === 0 && <li className={styles.none}>None.</li>}
          {shown.map((invite) => (
            <InviteItem key={invite.code} invite={invite} isNew={invite.code === made} revoke={revoke} />
          ))}
        </ul>
      </section>
    </>
  );
}

function InviteItem({ invite, isNew, revoke }: { invite: Invite; isNew: boolean; revoke(code: string): void }) {
  const { toasts } = useServices();
  const { code, usesLeft, expiresAt } = invite;
  const copy = async () => {
    await navigator.clipboard.writeText(linkOf(code));
    toasts.show({ text: 'The link is copied' });
  };
  return (
    <li className={styles.item}>
      <span className={styles.itemIcon}>
        <Ticket />
      </span>
      <div>
        <p className={styles.itemName}>
          <code>{isNew ? linkOf(code) : code}</code>
          {isNew && <Tag tone="ok">New</Tag>}
        </p>
        <p className="meta">
          {usesLeft === 1 ? 'for one person' : `for ${countOf(usesLeft)} people`} · ends{' '}
          <time title={fullTime(expiresAt)}>{ago(expiresAt, Date.now())}</time>
        </p>
      </div>
      <div className={`row ${styles.itemActs}`}>
        {isSecureContext && (
          <Button look="ghost" size="sm" onClick={copy} aria-label={`Copy link of ${code}`}>
            <Copy />
            Copy link
          </Button>
        )}
        <Button look="ghost" size="sm" onClick={() => revoke(code)} aria-label={`Revoke ${code}`}>
          Revoke
        </Button>
      </div>
    </li>
  );
}

function Select(props: { label: string; name: string; options: (readonly [string, string])[]; initial?: string }) {
  const { label, name, options, initial } = props;
  const id = useId();
  return (
    <div className={styles.select}>
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} defaultValue={initial}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
