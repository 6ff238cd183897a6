/** Says when a line begins another day than the one before. */
import { date } from './format.ts';

/** A function from the time of each entry, in order, to whether a day line goes before it. */
export function dayWatch(): (at: number) => boolean {
  let before: string | undefined;
  return (at) => {
    const day = date(at);
    const isNew = day !== before;
    before = day;
    return isNew;
  };
}
