import type { Client } from '@parley/client';
import { type ReactNode, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field, FormError } from '../ui/Field.tsx';
import { textOf, useSubmit } from '../ui/useSubmit.ts';
import styles from './Enter.module.css';
import { nameFault, typedName } from './name.ts';

export function Guest({ client, place }: { client: Client; place: ReactNode }) {
  const [typed, setTyped] = useState('');
  const name = typedName(typed);
  const fault = name ? nameFault(name) : undefined;
  const form = useSubmit((fields) => {
    const chosen = typedName(textOf(fields, 'name'));
    return client.guest(chosen || undefined);
  });
  return (
    <>
      <h1>Look in as a guest</h1>
      <p className={styles.lead}>
        For public rooms. You are somebody without an account: read first, speak when you like.
      </p>
      <form onSubmit={form.onSubmit}>
        {place}
        <Field
          label="What should people call you?"
          name="name"
          autoComplete="nickname"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="Leave empty to be given one"
          onChange={(event) => setTyped(event.target.value)}
          note="Shown with “guest” beside it"
          error={form.errorOf('name-taken') ?? fault}
          ref={(input) => input?.setCustomValidity(fault ?? '')}
        />
        <FormError>{form.rest('name-taken')}</FormError>
        <Button type="submit" look="primary" size="big" busy={form.busy}>
          {form.busy ? 'Coming in…' : 'Continue as guest'}
        </Button>
        <p className="meta">Guests read and post where a room allows it. They cannot open rooms or invite people.</p>
      </form>
    </>
  );
}
