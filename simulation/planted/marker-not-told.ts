import type { Planted } from './planted.ts';

/** Other devices do not hear what was read on one. */
export const planted: Planted = {
  file: 'packages/server/src/modules/marker.ts',
  find: "    hub.tell(person.id, [{ event: 'marker.changed', payload: state }], session);\n",
  replace: '    void hub;\n',
  caughtBy: /counts #/,
};
