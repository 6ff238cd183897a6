/** The link that the server printed at its first start: make an account, or use one's own, and it owns the server. */
import type { Client, ServerInfo } from '@parley/client';
import { Button } from '../ui/Button.tsx';
import { Field, FormError } from '../ui/Field.tsx';
import { useReadable } from '../ui/useReadable.ts';
import { textOf, useSubmit } from '../ui/useSubmit.ts';
import { AccountFields, accountOf } from './AccountFields.tsx';
import styles from './Enter.module.css';

export interface Owner {
  secret: string;
  /** The account is the owner now, or somebody thought better of it. */
  done(): void;
}

const unusable =
  'This code is wrong or was used already. While the server has no owner, it prints a new one whenever it starts.';

export function FirstRun(props: { client: Client; server: ServerInfo; name: string; owner: Owner }) {
  const { client, server, name, owner } = props;
  const me = useReadable(client.me);
  const form = useSubmit(
    async (fields) => {
      const secret = textOf(fields, 'code');
      // Where accounts need an invite, the owner's code stands in for one.
      const invite = server.signUp === 'invite' ? { invite: secret } : {};
      if (!client.me.get()) await client.register({ ...accountOf(fields), ...invite });
      await client.request('account.claim', { secret });
      owner.done();
    },
    { 'bad-credentials': unusable, 'bad-invite': unusable },
  );
  return (
    <>
      <h1>This server is yours to open</h1>
      <p className={styles.lead}>
        The setup code was printed where {name} was started. Whoever holds it becomes the owner of the server; it works
        once.
      </p>
      <form onSubmit={form.onSubmit}>
        <Field
          label="Setup code"
          name="code"
          mono
          autoComplete="off"
          spellCheck={false}
          required
          defaultValue={owner.secret}
          note="It stops working once you are done"
          error={form.errorOf('bad-credentials', 'bad-invite')}
        />
        {me ? (
          <p>You are signed in as {me.display ?? me.name}.</p>
        ) : (
          <AccountFields form={form} nameLabel="Your name" />
        )}
        <FormError>{form.rest('bad-credentials', 'bad-invite', 'name-taken')}</FormError>
        <Button type="submit" look="primary" size="big" busy={form.busy}>
          {form.busy ? 'Opening…' : 'Become the owner'}
        </Button>
        <Button look="ghost" size="big" onClick={owner.done}>
          Not now
        </Button>
      </form>
    </>
  );
}
