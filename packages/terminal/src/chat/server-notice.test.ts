import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@parley/client';
import { followNotice } from './server-notice.ts';

test('a notice is said once, each line marked, without what could move the screen, and its end too', () => {
  let notice: { text: string; at: number } | undefined;
  let listener = (): void => {};
  const client: Pick<Client, 'notice'> = {
    notice: {
      get: () => notice,
      subscribe: (tell) => {
        listener = tell;
        return () => (listener = () => {});
      },
      async *values() {},
    },
  };
  const said: string[] = [];
  const stop = followNotice({ client, colour: false }, { say: (line) => said.push(line) });
  notice = { text: 'Down at \u001b[2Jten.\nBack soon.', at: 1 };
  listener();
  listener();
  notice = undefined;
  listener();
  assert.equal(said.length, 3);
  assert.match(said[0] ?? '', /^\* notice of the server: Down at .*ten\.$/);
  assert.ok(!said.join('').includes('\u001b'));
  assert.equal(said[1], '* notice of the server: Back soon.');
  assert.match(said[2] ?? '', /withdrawn/);
  stop();
  notice = { text: 'later', at: 2 };
  listener();
  assert.equal(said.length, 3);
});
