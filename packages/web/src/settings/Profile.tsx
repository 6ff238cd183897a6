import { limits } from '@parley/protocol';
import { useState } from 'react';
import { passwordLength } from '../enter/name.ts';
import { useServices } from '../service/services.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Field, FormError, PasswordField } from '../ui/Field.tsx';
import { textOf, useSubmit } from '../ui/useSubmit.ts';
import type { PageProps } from './page.ts';
import styles from './Settings.module.css';

export function Profile({ client, me }: PageProps) {
  const { toasts } = useServices();
  const form = useSubmit(async (fields) => {
    await client.request('account.setProfile', { display: textOf(fields, 'display') || me.name });
    toasts.show({ text: 'Saved. Others see the new name now.' });
  });
  const name = me.display || me.name;
  return (
    <>
      <section className={styles.you}>
        <Avatar id={me.user} name={name} />
        <div>
          <b>
            <bdi>{name}</bdi>
          </b>
          <p className="meta">
            @{me.name}
            {me.serverRole !== 'user' && ` · ${me.serverRole} of this server`}
          </p>
        </div>
      </section>
      <section>
        <form className={styles.form} onSubmit={form.onSubmit}>
          <Field
            label="Name that others see"
            name="display"
            autoComplete="name"
            maxLength={limits.displayName}
            defaultValue={me.display ?? ''}
            placeholder={me.name}
            note={`Mentions still go to @${me.name}, which stays`}
          />
          <FormError>{form.rest()}</FormError>
          <Button type="submit" look="primary" busy={form.busy}>
            Save
          </Button>
        </form>
      </section>
      <Password client={client} me={me} />
      <Erase client={client} me={me} />
    </>
  );
}

function Password({ client, me }: PageProps) {
  const { toasts } = useServices();
  const [version, setVersion] = useState(0);
  const form = useSubmit(
    async (fields) => {
      const current = String(fields.get('current'));
      await client.request('account.setPassword', { current, next: String(fields.get('next')) });
      setVersion(version + 1);
      toasts.show({ text: 'The password is changed. Other sessions are signed out.' });
    },
    { 'bad-credentials': 'The present password is wrong.' },
  );
  return (
    <section>
      <div className={styles.head}>
        <h2>Password</h2>
      </div>
      <form key={version} className={styles.form} onSubmit={form.onSubmit}>
        <input type="text" name="username" autoComplete="username" defaultValue={me.name} hidden />
        <PasswordField
          label="Present password"
          name="current"
          autoComplete="current-password"
          required
          error={form.errorOf('bad-credentials')}
        />
        <PasswordField
          label="New password"
          name="next"
          autoComplete="new-password"
          required
          minLength={passwordLength}
          maxLength={limits.password}
          note="All other sessions end"
        />
        <FormError>{form.rest('bad-credentials')}</FormError>
        <Button type="submit" busy={form.busy}>
          Change the password
        </Button>
      </form>
    </section>
  );
}

/** The one act without undo: it asks for the password instead. */
function Erase({ client, me }: PageProps) {
  const [asked, setAsked] = useState(false);
  const form = useSubmit(
    async (fields) => {
      await client.request('account.erase', { password: String(fields.get('password')), confirm: true });
      await client.signOut().catch(() => undefined);
    },
    { 'bad-credentials': 'The password is wrong.' },
  );
  return (
    <section className={styles.danger}>
      <h2>Delete this account</h2>
      <p className={styles.about}>
        What you wrote is taken away in every room of this server, and your sessions end. The name @{me.name} stays
        taken. This cannot be undone.
      </p>
      {asked ? (
        <form className={styles.form} onSubmit={form.onSubmit}>
          <PasswordField
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            autoFocus
            error={form.errorOf('bad-credentials')}
          />
          <label className={styles.check}>
            <input type="checkbox" required />
            <span>I know that this deletes what I wrote, for everybody and for good</span>
          </label>
          <FormError>{form.rest('bad-credentials')}</FormError>
          <Button type="submit" look="danger" busy={form.busy}>
            Delete the account
          </Button>
          <Button look="ghost" onClick={() => setAsked(false)}>
            Keep it
          </Button>
        </form>
      ) : (
        <Button look="danger" onClick={() => setAsked(true)}>
          Delete this account…
        </Button>
      )}
    </section>
  );
}
