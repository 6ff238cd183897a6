import type { FocusEvent, KeyboardEvent } from 'react';

/**
 * One tab stop for a list of `[data-row]`: arrows, Home, End and a letter move in it. The row with `tabIndex` 0 is the
 * stop; without one the first row becomes it when the list is entered.
 */
export function useRoving() {
  return {
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const rows = rowsOf(event.currentTarget);
      const at = rows.indexOf(document.activeElement as HTMLElement);
      if (at < 0) return;
      const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
      const row = target === undefined ? startsWith(rows, at, event.key) : rows[target];
      if (target !== undefined || row) event.preventDefault();
      row?.focus();
    },
    onFocus(event: FocusEvent<HTMLElement>) {
      const row = event.target.closest<HTMLElement>('[data-row]');
      if (!row) return;
      for (const other of rowsOf(event.currentTarget)) other.tabIndex = other === row ? 0 : -1;
    },
    ref(list: HTMLElement | null) {
      if (!list) return;
      const rows = rowsOf(list);
      if (!rows.some(({ tabIndex }) => tabIndex === 0) && rows[0]) rows[0].tabIndex = 0;
    },
  };
}

const rowsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[data-row]')];

function startsWith(rows: HTMLElement[], at: number, key: string): HTMLElement | undefined {
  if (!/^[\p{L}\p{N}]$/u.test(key)) return undefined;
  const wanted = key.toLocaleLowerCase();
  const name = (row: HTMLElement) => (row.querySelector('bdi')?.textContent ?? '').toLocaleLowerCase();
  return [...rows.slice(at + 1), ...rows.slice(0, at)].find((row) => name(row).startsWith(wanted));
}
