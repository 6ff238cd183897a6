/** Times as people type them. */
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `1h30m`, `2d`, or plain seconds, in ms; undefined when it is none. */
export function readDuration(typed: string): number | undefined {
  if (/^\d{1,9}$/.test(typed)) return Number(typed) * 1_000;
  if (!/^(?:\d{1,9}(?:ms|[smhdw]))+$/.test(typed)) return undefined;
  let ms = 0;
  for (const [, count, unit] of typed.matchAll(/(\d+)(ms|[smhdw])/g)) ms += Number(count) * unitMs[unit!]!;
  return ms;
}

/**
 * A moment, Unix ms: a time ago (`1h`) or an ISO 8601 date or time (`2026-11-20`, `2026-11-20T14:03Z`; local without a
 * zone). Undefined when it is neither.
 */
export function readMoment(typed: string, now: number): number | undefined {
  const ago = readDuration(typed);
  if (ago !== undefined) return Math.max(0, now - ago);
  const form = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(typed);
  if (!form) return undefined;
  const [, day, time = '00:00', zone = ''] = form;
  const moment = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment);
}
