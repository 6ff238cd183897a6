import { type FormEvent, useState } from 'react';
import { Button, LinkButton } from '../ui/Button.tsx';
import { Popover } from '../ui/Popover.tsx';
import styles from './Dialogs.module.css';
import { localDay } from './group.ts';

export interface DateJumpProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  anchor: HTMLElement | null;
  /** The day that is chosen at first, Unix ms. */
  at: number;
  /** The room's first day. */
  from: number;
  onJump(at: number): void;
}

/** Leads to the first message of a day. */
export function DateJump(props: DateJumpProps) {
  return (
    <Popover
      open={props.open}
      onOpenChange={props.onOpenChange}
      label="Jump to a date"
      anchor={props.anchor}
      side="bottom"
      align="start"
    >
      <DateForm key={props.at} {...props} />
    </Popover>
  );
}

function DateForm({ at, from, onOpenChange, onJump }: DateJumpProps) {
  const [day, setDay] = useState(inputDay(at));
  const now = Date.now();
  const go = (time: number) => {
    onOpenChange(false);
    onJump(localDay(time).start);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [year, month, date] = day.split('-').map(Number);
    if (year && month && date) go(new Date(year, month - 1, date).getTime());
  };
  const ago = (days: number) => new Date(now).setDate(new Date(now).getDate() - days);
  return (
    <form className={styles.dates} onSubmit={submit}>
      <label>
        <span>Go to the first message of</span>
        <input
          type="date"
          required
          value={day}
          min={inputDay(from)}
          max={inputDay(now)}
          onChange={(event) => setDay(event.target.value)}
        />
      </label>
      <Button look="primary" type="submit" size="sm">
        Go there
      </Button>
      <p className={styles.quick}>
        <LinkButton onClick={() => go(from)}>First page</LinkButton>
        {from < ago(30) && <LinkButton onClick={() => go(ago(30))}>A month ago</LinkButton>}
        {from < ago(7) && <LinkButton onClick={() => go(ago(7))}>A week ago</LinkButton>}
        <LinkButton onClick={() => go(now)}>Today</LinkButton>
      </p>
    </form>
  );
}

/** As a date field wants it, by the clock of the device. */
function inputDay(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
