// The clock of an IRC log: the lines carry [hh:mm] and the day stands in the file's name.
// Times never run backwards: a step back is the second half of a 12-hour clock or the next day.

const minuteMs = 60_000;
const halfDayMinutes = 12 * 60;
const dayMinutes = 24 * 60;

/** Returns the midnight (ms UTC) of the day that a log's name begins with, or undefined when it names no real day. */
export function dayOf(fileName: string): number | undefined {
  const date = /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(fileName)?.[0];
  const midnight = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(midnight) ? undefined : midnight;
}

/** A function from the hour and minute of each timed line, in file order, to ms UTC. */
export function logClock(midnight: number): (hour: number, minute: number) => number {
  let offset = 0;
  let before: { hour: number; minutes: number } | undefined;
  return (hour, minute) => {
    const minutes = hour * 60 + minute;
    if (before !== undefined && minutes < before.minutes) {
      offset += before.hour === 12 && hour === 1 ? halfDayMinutes : dayMinutes;
    }
    before = { hour, minutes };
    return midnight + (offset + minutes) * minuteMs;
  };
}
