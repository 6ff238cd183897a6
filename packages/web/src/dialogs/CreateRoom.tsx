import { type HistoryRule, limits, normalizeAlias } from '@parley/protocol';
import { useState } from 'react';
import { navigate } from '../route.ts';
import type { OverlayProps } from '../shell/overlay.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, FormError, Radios } from '../ui/Field.tsx';
import { textOf, useSubmit } from '../ui/useSubmit.ts';
import styles from './Dialogs.module.css';

const who = [
  { value: 'public', label: 'Anybody on this server', note: 'It stands in the list of rooms' },
  { value: 'invite', label: 'People who are invited', note: 'Others do not see it' },
] as const;
const past = [
  { value: 'all', label: 'Everything from the start' },
  { value: 'since-join', label: 'Only what comes after they join' },
] as const;

/** The pattern of aliases in the protocol, in words. */
export function aliasFault(alias: string): string | undefined {
  if (alias.length > limits.alias) return `At most ${limits.alias} characters.`;
  if (!/^[\p{Ll}\p{Lo}\p{Lm}\p{N}]/u.test(alias)) return 'Begin with a letter or a digit.';
  if (!/^[\p{Ll}\p{Lo}\p{Lm}\p{N}\p{M}._-]+$/u.test(alias)) return 'Only letters, digits, and . _ -';
  return undefined;
}

export function CreateRoom({ client, close }: OverlayProps) {
  const [typed, setTyped] = useState('');
  const [joinRule, setJoinRule] = useState<'public' | 'invite'>('public');
  const [history, setHistory] = useState<HistoryRule>('all');
  const alias = normalizeAlias(typed);
  const fault = alias === '' ? undefined : aliasFault(alias);
  const form = useSubmit(async (fields) => {
    const title = textOf(fields, 'title');
    const topic = textOf(fields, 'topic');
    const about = { ...(title ? { title } : {}), ...(topic ? { topic } : {}) };
    await client.create({ alias, ...about, joinRule, listed: joinRule === 'public', history });
    close();
    navigate({ at: 'room', room: alias });
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title="Open a room"
      about="You are its owner. All of this can be changed later."
    >
      <form className={styles.form} onSubmit={form.onSubmit}>
        <Field
          label="Name"
          name="alias"
          required
          autoFocus
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
          note={alias ? `People find it as #${alias}` : 'Short, in any language'}
          error={form.errorOf('name-taken') ?? fault}
          ref={(input) => input?.setCustomValidity(fault ?? '')}
        />
        <Field label="Title (optional)" name="title" autoComplete="off" maxLength={limits.roomTitle} />
        <Field label="What it is for (optional)" name="topic" autoComplete="off" maxLength={limits.topic} />
        <Radios
          legend="Who may join?"
          name="who"
          value={joinRule}
          onChange={(rule) => setJoinRule(rule)}
          options={who}
        />
        <Radios
          legend="What do newcomers read?"
          name="past"
          value={history}
          onChange={(rule) => setHistory(rule)}
          options={past}
        />
        <p className="meta">The server can read this room, like every room on it.</p>
        <FormError>{form.rest('name-taken')}</FormError>
        <div className={styles.foot}>
          <Button type="submit" look="primary" busy={form.busy}>
            {form.busy ? 'Opening…' : 'Open the room'}
          </Button>
          <Button look="ghost" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
