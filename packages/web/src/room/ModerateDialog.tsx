import { limits, type MemberView } from '@parley/protocol';
import { type FormEvent, useId } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { shownName } from '../ui/name.ts';
import { textOf } from '../ui/useSubmit.ts';
import styles from './Dialogs.module.css';
import type { Moderate } from './useModeration.ts';

export interface Moderation {
  act: 'mute' | 'ban';
  member: MemberView;
}

const day = 86_400_000;
const spans = [
  { label: '10 minutes', ms: 600_000 },
  { label: '1 hour', ms: 3_600_000 },
  { label: '1 day', ms: day },
  { label: '7 days', ms: 7 * day },
  { label: '30 days', ms: 30 * day },
];

/** A mute or ban with its time and reason; everybody in the room sees both. */
export function ModerateDialog(props: { moderation: Moderation | undefined; moderate: Moderate; onClose(): void }) {
  const { moderation, moderate, onClose } = props;
  const name = moderation ? shownName(moderation.member.person) : '';
  const title = moderation?.act === 'ban' ? `Ban ${name}` : `Mute ${name}`;
  const about =
    moderation?.act === 'ban'
      ? 'They are removed from the room and cannot come back until it ends.'
      : 'They can read, not write, react or show that they type.';
  return (
    <Dialog open={moderation !== undefined} onOpenChange={(open) => !open && onClose()} title={title} about={about}>
      {moderation && <Form moderation={moderation} moderate={moderate} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ moderation, moderate, onClose }: { moderation: Moderation; moderate: Moderate; onClose(): void }) {
  const id = useId();
  const { act, member } = moderation;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const durationMs = Number(form.get('time')) || undefined;
    moderate[act](member, { durationMs, reason: textOf(form, 'reason') });
    onClose();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.choice}>
        <label htmlFor={id}>How long</label>
        <select id={id} name="time" defaultValue={act === 'ban' ? '' : '3600000'}>
          {spans.map(({ label, ms }) => (
            <option key={ms} value={ms}>
              {label}
            </option>
          ))}
          <option value="">Until lifted</option>
        </select>
      </div>
      <Field
        label="Reason"
        name="reason"
        maxLength={limits.reason}
        note="Everybody in the room sees it. It may be empty."
        autoFocus
      />
      <p className={styles.buttons}>
        <Button look={act === 'ban' ? 'danger' : 'primary'} type="submit">
          {act === 'ban' ? 'Ban' : 'Mute'}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </p>
    </form>
  );
}
