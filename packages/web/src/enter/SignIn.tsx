import type { Client } from '@parley/client';
import KeyRound from 'lucide-react/icons/key-round';
import type { ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field, FormError, PasswordField } from '../ui/Field.tsx';
import { textOf, useSubmit } from '../ui/useSubmit.ts';
import styles from './Enter.module.css';
import { typedName } from './name.ts';

export function SignIn({ client, place, onKey }: { client: Client; place: ReactNode; onKey(): void }) {
  const form = useSubmit((fields) =>
    client.signIn({ name: typedName(textOf(fields, 'name')), password: String(fields.get('password')) }),
  );
  return (
    <>
      <h1>Welcome back</h1>
      <p className={styles.lead}>
        Your rooms and where you left off in them are kept on the server, the same on every device.
      </p>
      <form onSubmit={form.onSubmit}>
        {place}
        <Field
          label="Name"
          name="name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
        />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          error={form.errorOf('bad-credentials')}
        />
        <FormError>{form.rest('bad-credentials')}</FormError>
        <Button type="submit" look="primary" size="big" busy={form.busy}>
          {form.busy ? 'Signing in…' : 'Sign in'}
        </Button>
        <Button look="ghost" size="big" onClick={onKey}>
          <KeyRound />
          Sign in with a key
        </Button>
        <p className="meta">
          Lost the password? Only the people who run this server can help: there is no mail address to send to.
        </p>
      </form>
    </>
  );
}
