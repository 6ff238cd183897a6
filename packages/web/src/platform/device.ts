/** What this browser calls itself in the list of sessions: `Firefox on Linux`. */
import { limits } from '@parley/protocol';

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

export function deviceName(userAgent: string): string {
  const find = (table: [RegExp, string][], other: string) =>
    table.find(([pattern]) => pattern.test(userAgent))?.[1] ?? other;
  return `${find(browsers, 'Browser')} on ${find(systems, 'another system')}`.slice(0, limits.deviceName);
}
