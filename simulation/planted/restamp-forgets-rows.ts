import type { Planted } from './planted.ts';

/** Of what is numbered again the first is lost. */
export const planted: Planted = {
  file: 'packages/server/src/federation/stamping.ts',
  find: 'return rows.map((row): OutboxRow => {',
  replace: 'return rows.slice(1).map((row): OutboxRow => {',
  caughtBy: /romeo shows|waited in vain/,
  check: 'stories',
  stories: 'servers-restore',
};
