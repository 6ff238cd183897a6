/** Spans of time as people type them. */
import { limits } from '@parley/protocol';

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `10m`, `1h30m`, `1d`, `2w` in ms, at most a year; undefined when it is none. */
export function parseDuration(typed: string): number | undefined {
  if (!/^(?:\d{1,6}[smhdw])+$/i.test(typed)) return undefined;
  let ms = 0;
  for (const [, count, unit] of typed.toLowerCase().matchAll(/(\d+)([smhdw])/g))
    ms += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return ms > 0 && ms <= limits.durationMs ? ms : undefined;
}

/** As it is typed: `1h30m`. */
export function formatDuration(ms: number): string {
  let left = Math.round(ms / 1_000) * 1_000;
  let text = '';
  for (const [unit, size] of Object.entries(unitMs).reverse()) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text || '0s';
}
