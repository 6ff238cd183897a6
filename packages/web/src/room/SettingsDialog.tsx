/** What one may change about the room: each field only for those whose role allows it. */
import type { Client, Room } from '@parley/client';
import { limits, normalizeAlias, type Payload, type RoomView } from '@parley/protocol';
import { type ReactNode, useId, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, FormError, Radios } from '../ui/Field.tsx';
import { roomName } from '../ui/name.ts';
import { useSubmit } from '../ui/useSubmit.ts';
import styles from './Dialogs.module.css';
import { may } from './may.ts';

type Changes = Omit<Payload<'room.settings'>, 'room' | 'clientId'>;

export function SettingsDialog(props: {
  client: Client;
  room: Room;
  open: boolean;
  onOpenChange(open: boolean): void;
}) {
  const { room, open, onOpenChange } = props;
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={titleOf(room.summary.get().view)}>
      {open && <Settings {...props} />}
    </Dialog>
  );
}

const titleOf = (view: RoomView): string =>
  view.direct ? `The conversation with ${roomName(view)}` : `Settings of #${roomName(view)}`;

const joinRules = [
  { value: 'public', label: 'Anybody', note: 'who has an account here' },
  { value: 'invite', label: 'Invited people', note: 'members invite them' },
  { value: 'knock', label: 'People who ask', note: 'members let them in' },
] as const;
const histories = [
  { value: 'since-join', label: 'Members, from when they join' },
  { value: 'all', label: 'Members, everything' },
  { value: 'world', label: 'Anybody', note: 'without joining' },
] as const;
const slowModes = [0, 5, 10, 30, 60, 300, 900, 3_600, 21_600];
const retentions = [undefined, 1, 7, 30, 90, 365, 0];

function Settings({ client, room, onOpenChange }: { client: Client; room: Room; onOpenChange(open: boolean): void }) {
  const { view } = room.summary.get();
  const [draft, setDraft] = useState<RoomView>(view);
  const set = (change: Partial<RoomView>) => setDraft({ ...draft, ...change });
  const changes = changesOf(view, draft);
  const changed = Object.keys(changes).length > 0;
  const submit = useSubmit(
    async () => {
      if (changed) await client.request('room.settings', { room: room.id, clientId: client.newClientId(), ...changes });
      onOpenChange(false);
    },
    {
      'name-taken': 'Another room of this server has that address.',
      forbidden: 'Your role does not allow this any more.',
    },
  );
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      {may(view, 'manage-info') && <Info draft={draft} set={set} />}
      {may(view, 'manage-links') && <Entrance draft={draft} set={set} taken={submit.errorOf('name-taken')} />}
      {may(view, 'manage-history') && <History draft={draft} set={set} />}
      <FormError>{submit.rest('name-taken')}</FormError>
      <p className={styles.buttons}>
        <Button look="primary" type="submit" busy={submit.busy} disabled={!changed}>
          Save
        </Button>
        <Button onClick={() => onOpenChange(false)}>Cancel</Button>
      </p>
    </form>
  );
}

interface PartProps {
  draft: RoomView;
  set(change: Partial<RoomView>): void;
}

function Info({ draft, set }: PartProps) {
  return (
    <>
      <Field
        label="Name"
        maxLength={limits.roomTitle}
        value={draft.title}
        onChange={(event) => set({ title: event.target.value })}
      />
      <Area label="Topic" max={limits.topic} value={draft.topic} onChange={(topic) => set({ topic })} />
      <Choice
        label="Slow mode"
        note="How often those without an office may write"
        value={draft.slowModeMs}
        onChange={(slowModeMs) => set({ slowModeMs })}
      >
        {withOwn(
          slowModes.map((seconds) => seconds * 1_000),
          draft.slowModeMs,
        ).map((ms) => (
          <option key={ms} value={ms}>
            {ms === 0 ? 'Off' : `One message every ${spell(ms)}`}
          </option>
        ))}
      </Choice>
    </>
  );
}

function Entrance({ draft, set, taken }: PartProps & { taken: string | undefined }) {
  const id = useId();
  return (
    <>
      <Field
        label="Address"
        note="What people type after #"
        maxLength={limits.alias}
        value={draft.alias ?? ''}
        error={taken}
        onChange={(event) => set({ alias: normalizeAlias(event.target.value) })}
      />
      <Radios
        legend="Who may come in"
        name={`${id}-join`}
        value={draft.joinRule}
        options={joinRules}
        onChange={(joinRule) => set({ joinRule })}
      />
      <label className={styles.check}>
        <input type="checkbox" checked={draft.listed} onChange={(event) => set({ listed: event.target.checked })} />
        <span>
          In the public list <span className="meta">of rooms on this server</span>
        </span>
      </label>
    </>
  );
}

function History({ draft, set }: PartProps) {
  const id = useId();
  return (
    <>
      {!draft.direct && (
        <Radios
          legend="Who may read what was written"
          name={`${id}-history`}
          value={draft.history}
          options={histories}
          onChange={(history) => set({ history })}
        />
      )}
      <Choice
        label="How long messages are kept"
        note="What is older is taken away for everybody"
        value={draft.retentionDays ?? -1}
        onChange={(days) => {
          const { retentionDays: _gone, ...rest } = draft;
          set({ ...rest, retentionDays: days < 0 ? undefined : days } as Partial<RoomView>);
        }}
      >
        {withOwn(retentions, draft.retentionDays).map((days) => (
          <option key={days ?? -1} value={days ?? -1}>
            {days === undefined ? 'For ever' : days === 0 ? 'Never on disk' : `${days} ${days === 1 ? 'day' : 'days'}`}
          </option>
        ))}
      </Choice>
    </>
  );
}

function Choice(props: {
  label: string;
  note: string;
  value: number;
  onChange(value: number): void;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        aria-describedby={`${id}-note`}
        onChange={(event) => props.onChange(Number(event.target.value))}
      >
        {props.children}
      </select>
      <p id={`${id}-note`} className="meta">
        {props.note}
      </p>
    </div>
  );
}

function Area({
  label,
  max,
  value,
  onChange,
}: {
  label: string;
  max: number;
  value: string;
  onChange(value: string): void;
}) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={2}
        maxLength={max}
        dir="auto"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

const withOwn = <T,>(values: readonly T[], own: T): readonly T[] => (values.includes(own) ? values : [...values, own]);

function spell(ms: number): string {
  if (ms < 60_000) return `${ms / 1_000} seconds`;
  if (ms < 3_600_000) return ms === 60_000 ? 'minute' : `${ms / 60_000} minutes`;
  return ms === 3_600_000 ? 'hour' : `${ms / 3_600_000} hours`;
}

/** Only what differs is sent. */
function changesOf(before: RoomView, after: RoomView): Changes {
  const changes: Changes = {};
  const title = after.title.trim();
  if (title !== before.title && title !== '') changes.title = title;
  if (after.topic !== before.topic) changes.topic = after.topic.trim();
  if (after.slowModeMs !== before.slowModeMs) changes.slowModeMs = after.slowModeMs;
  if (after.alias !== before.alias && after.alias) changes.alias = after.alias;
  if (after.joinRule !== before.joinRule) changes.joinRule = after.joinRule;
  if (after.listed !== before.listed) changes.listed = after.listed;
  if (after.history !== before.history) changes.history = after.history;
  if (after.retentionDays !== before.retentionDays) changes.retentionDays = after.retentionDays ?? null;
  return changes;
}
