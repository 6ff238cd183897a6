import type { Planted } from './planted.ts';

/** Of what is numbered again the first is lost. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'const again = rows.map((row): OutboxRow => {',
  replace: 'const again = rows.slice(1).map((row): OutboxRow => {',
  caughtBy: /romeo shows|waited in vain/,
  check: 'stories',
  stories: 'servers-restore',
};
