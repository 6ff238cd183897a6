import type { Client, ServerInfo } from '@parley/client';
import type { ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';
import { FormError } from '../ui/Field.tsx';
import { useSubmit } from '../ui/useSubmit.ts';
import { AccountFields, accountOf } from './AccountFields.tsx';
import styles from './Enter.module.css';

export function SignUp(props: { client: Client; server: ServerInfo; invite: string | undefined; place: ReactNode }) {
  const { client, server, invite, place } = props;
  const closed = server.signUp === 'invite';
  const form = useSubmit((fields) => client.register(accountOf(fields)));
  return (
    <>
      <h1>Create an account</h1>
      <p className={styles.lead}>
        One name, one password. No mail address, no phone number.
        {closed && ' This server takes new people by invite.'}
      </p>
      <form onSubmit={form.onSubmit}>
        {place}
        <AccountFields form={form} invite={closed || invite ? (invite ?? '') : undefined} />
        <FormError>{form.rest('name-taken', 'bad-invite', 'sign-up-closed')}</FormError>
        <Button type="submit" look="primary" size="big" busy={form.busy}>
          {form.busy ? 'Creating…' : 'Create account'}
        </Button>
      </form>
    </>
  );
}
