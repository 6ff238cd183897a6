/** Spans of time as people say them. */
const unitsMs = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** The largest unit that divides well: `90 seconds`, `2 hours`, `1 day`. */
export function durationWords(ms: number): string {
  const rounded = Math.max(1_000, Math.round(ms / 1_000) * 1_000);
  const [name, unitMs] = unitsMs.find(([, unit]) => rounded % unit === 0) ?? unitsMs[4];
  const count = rounded / unitMs;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
