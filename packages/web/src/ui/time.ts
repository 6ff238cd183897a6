/** Times as people read them, in their language and zone. Formatters are made once: making one costs more than using it. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayWithYear = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const shortDayWithYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const number = new Intl.NumberFormat();

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** 16:58 */
export const timeOf = (at: number): string => clock.format(at);
/** Everything, for titles and screen readers. */
export const fullTime = (at: number): string => whole.format(at);
export const countOf = (value: number): string => number.format(value);

/** A key that is equal for two times of the same local day. */
export function dayKey(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** Today, Yesterday, Wednesday, 18 November. */
export function dayName(at: number, now: number): string {
  if (dayKey(at) === dayKey(now)) return 'Today';
  if (dayKey(at) === dayKey(now - dayMs)) return 'Yesterday';
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? dayOfYear : dayWithYear).format(at);
}

/** As short as a list allows: 16:58, Tue, 12 Nov. */
export function shortTime(at: number, now: number): string {
  if (dayKey(at) === dayKey(now)) return clock.format(at);
  if (now - at < 6 * dayMs && at < now) return weekday.format(at);
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? shortDay : shortDayWithYear).format(at);
}

/** 4 minutes ago, in 6 days. */
export function ago(at: number, now: number): string {
  const ms = at - now;
  const size = Math.abs(ms);
  if (size < minuteMs) return ms > 0 ? 'in a moment' : 'just now';
  if (size < hourMs) return relative.format(Math.round(ms / minuteMs), 'minute');
  if (size < dayMs) return relative.format(Math.round(ms / hourMs), 'hour');
  if (size < 30 * dayMs) return relative.format(Math.round(ms / dayMs), 'day');
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? shortDay : shortDayWithYear).format(at);
}

/** 12 s, 3 min, 2 h, 5 days: how long something lasts. */
export function lasting(ms: number): string {
  if (ms < minuteMs) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (ms < hourMs) return `${Math.round(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.round(ms / hourMs)} h`;
  return `${Math.round(ms / dayMs)} days`;
}
