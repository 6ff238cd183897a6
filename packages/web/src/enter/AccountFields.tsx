/** Name and password of a new account, checked while they are typed. */
import { limits } from '@parley/protocol';
import { useState } from 'react';
import { Field, PasswordField } from '../ui/Field.tsx';
import { type Submit, textOf } from '../ui/useSubmit.ts';
import { nameFault, passwordLength, typedName } from './name.ts';

export function accountOf(fields: FormData): { name: string; password: string; display?: string; invite?: string } {
  const typed = textOf(fields, 'name').replace(/^@/, '');
  const name = typedName(typed);
  const invite = textOf(fields, 'invite');
  return {
    name,
    password: String(fields.get('password')),
    ...(typed === name ? {} : { display: typed }),
    ...(invite ? { invite } : {}),
  };
}

export function AccountFields(props: { form: Submit; invite?: string | undefined; nameLabel?: string }) {
  const { form, invite, nameLabel = 'Name' } = props;
  const [typed, setTyped] = useState('');
  const [left, setLeft] = useState(false);
  const name = typedName(typed);
  const fault = name === '' ? undefined : nameFault(name);
  return (
    <>
      {invite !== undefined && (
        <Field
          label="Invite"
          name="invite"
          mono
          autoComplete="off"
          spellCheck={false}
          required
          defaultValue={invite}
          note="The code that somebody on this server gave you"
          error={form.errorOf('bad-invite', 'sign-up-closed')}
        />
      )}
      <Field
        label={nameLabel}
        name="name"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus
        maxLength={limits.accountName + 1}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => setLeft(true)}
        note={name ? `Others will write to @${name}` : 'Letters from a to z, digits, and . _ -'}
        error={form.errorOf('name-taken') ?? (left ? fault : undefined)}
        ref={(input) => input?.setCustomValidity(fault ?? '')}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        minLength={passwordLength}
        maxLength={limits.password}
        note={`At least ${passwordLength} characters; four words that do not belong together are better`}
      />
    </>
  );
}
