import assert from 'node:assert/strict';
import { play } from './stage.ts';

play('several devices of one person show the same rooms and words', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  const phone = await stage.device(juliet, 'phone');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  await stage.until('the phone is in', () => phone.client.room('#verona') !== undefined);
  phone.alias = '#verona';
  await phone.says('from the phone');
  await juliet.hears('from the phone');
  await romeo.hears('from the phone');
  assert.ok((await juliet.hears('from the phone')).mine);
  await juliet.leaves();
  await phone.isOut();
});

play('unread messages and mentions are counted, and read on all devices at once', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await romeo.says('before she came');
  await juliet.joins('#verona');
  const phone = await stage.device(juliet, 'phone');
  await juliet.hasUnread(0);
  await romeo.says('one');
  await romeo.says('two', { mentions: [juliet.user] });
  await juliet.hasUnread(2, 1);
  await phone.hasUnread(2, 1);
  juliet.reads();
  await phone.hasUnread(0);
  phone.switchesOff();
  for (const word of ['three', 'four', 'five']) await romeo.says(word);
  await juliet.hasUnread(3);
  await phone.switchesOn();
  await phone.hasUnread(3);
  await phone.says('I heard you');
  await juliet.hasUnread(0);
});

play('what was read without a connection is read when it is back', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  const phone = await stage.device(juliet, 'phone');
  await romeo.says('one');
  await juliet.hasUnread(1);
  juliet.loses();
  juliet.reads();
  await juliet.isOnline();
  await phone.hasUnread(0);
});

play('what was read without a connection is read after a restart, and what came since is not', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  const phone = await stage.device(juliet, 'phone');
  await romeo.says('one');
  await juliet.hasUnread(1);
  stage.home.crash();
  await stage.passes(1_000);
  juliet.reads();
  await stage.passes(2_000);
  juliet.switchesOff();
  await stage.sure('a new start', stage.home.start());
  await romeo.isOnline();
  await romeo.says('two');
  await romeo.says('three');
  await phone.hasUnread(3);
  juliet.device.shelf.latencyMs = [50, 50];
  await juliet.switchesOn();
  await phone.hasUnread(2);
  await juliet.hasUnread(2);
});

play('a session that is ended from another device is over at once', async (stage) => {
  const [juliet] = await stage.cast('juliet');
  const phone = await stage.device(juliet, 'phone');
  const { sessions } = await juliet.asks('session.list', {});
  const other = sessions.find(({ device }) => device === phone.device.name)!;
  await juliet.asks('session.revoke', { session: other.id });
  await stage.until('the phone is signed out', () => phone.client.me.get() === undefined);
});
