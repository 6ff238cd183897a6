import { test } from 'node:test';
import { crashAroundEveryWrite } from './writes.ts';

test('a crash before or after any write leads to the same end (S12)', crashAroundEveryWrite);
