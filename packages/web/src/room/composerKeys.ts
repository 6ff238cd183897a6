/** What keys mean where one writes. Each function tells whether the key was used. */
import type { MessageRow } from '@parley/client';
import type { KeyboardEvent } from 'react';
import type { Mode } from './ComposerMode.tsx';
import type { Completion } from './useCompletion.ts';

export interface FieldKeys {
  text: string;
  mode: Mode;
  byTouch: boolean;
  send(): void;
  toNew(): void;
  edit(row: MessageRow): void;
  lastOwn(): MessageRow | undefined;
  onList(): void;
}

/** True when the key was used. */
export function keyInField(event: KeyboardEvent, plain: boolean, on: FieldKeys): boolean {
  const { text, mode } = on;
  if (event.key === 'Enter' && (plain ? !on.byTouch : event.ctrlKey || event.metaKey)) {
    on.send();
    return true;
  }
  if (event.key === 'Escape' && mode.type !== 'new') {
    on.toNew();
    return true;
  }
  if (event.key === 'ArrowUp' && plain && text === '' && mode.type === 'new') {
    const row = on.lastOwn();
    if (row) on.edit(row);
    return row !== undefined;
  }
  if (event.key === 'PageUp' && text === '') {
    on.onList();
    return true;
  }
  return false;
}

/** True when the key was used; undefined when it means the field. */
export function keyInPopup(
  event: KeyboardEvent,
  plain: boolean,
  completion: Completion,
  take: (index: number) => void,
): true | undefined {
  if (!plain) return undefined;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') completion.move(event.key === 'ArrowDown' ? 1 : -1);
  else if (event.key === 'Tab' || (event.key === 'Enter' && !completion.exact)) take(completion.index);
  else if (event.key === 'Escape') completion.close();
  else return undefined;
  return true;
}
