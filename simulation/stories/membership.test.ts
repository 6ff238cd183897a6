import assert from 'node:assert/strict';
import { play, refused } from './stage.ts';

play('an invite-only room is entered by invitation, and shows nothing of before', async (stage) => {
  const [romeo, juliet, tybalt] = await stage.cast('romeo', 'juliet', 'tybalt');
  await romeo.makes('balcony', { joinRule: 'invite' });
  await romeo.says('where is she?');
  await refused('not-found', tybalt.joins('#balcony'));
  await romeo.invites(juliet);
  await stage.until('juliet is invited', () => juliet.client.invitations.get().length === 1);
  const [invitation] = juliet.client.invitations.get();
  assert.equal(invitation?.me.invitedBy, romeo.user);
  await juliet.joins(invitation!.id);
  await romeo.says('there she is');
  await juliet.hears('there she is');
  await juliet.readsBack();
  await juliet.hearsNothingOf('where is she?');
  await tybalt.hearsNothingOf('there she is');
  assert.equal(juliet.client.invitations.get().length, 0);
});

play('an invitation is taken back, or declined', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('balcony', { joinRule: 'invite' });
  const { id } = romeo.room;
  await romeo.invites(juliet);
  await stage.until('juliet is invited', () => juliet.client.invitations.get().length === 1);
  await romeo.asks('member.revoke', { room: id, user: juliet.user, clientId: 'revoke' });
  await stage.until('it is gone', () => juliet.client.invitations.get().length === 0);
  await refused('not-found', juliet.joins(id));
  await romeo.invites(juliet);
  await stage.until('juliet is invited again', () => juliet.client.invitations.get().length === 1);
  await juliet.asks('room.leave', { room: id, clientId: 'decline' });
  await refused('not-found', juliet.joins(id));
});

play('who is kicked is out, and may come back', async (stage) => {
  const [prince, tybalt] = await stage.cast('prince', 'tybalt');
  await prince.makes('verona');
  await tybalt.joins('#verona');
  await refused('forbidden', tybalt.kicks(prince));
  await prince.kicks(tybalt, 'brawling');
  await tybalt.isOut();
  await prince.says('he is gone');
  await tybalt.hearsNothingOf('he is gone');
  await tybalt.joins('#verona');
  await tybalt.says('I am back');
  await prince.hears('I am back');
});

play('a ban with an end ends by itself, also when the server slept through it', async (stage) => {
  const [prince, romeo] = await stage.cast('prince', 'romeo');
  await prince.makes('verona');
  await romeo.joins('#verona');
  await prince.bans(romeo, 60_000);
  await romeo.isOut();
  await refused('banned', romeo.joins('#verona'));
  await stage.passes(30_000);
  stage.home.crash();
  await stage.passes(60_000);
  await stage.sure('a new start', stage.home.start());
  await romeo.isOnline();
  await romeo.joins('#verona');
  await prince.isOnline();
  await prince.says('banishment is over');
  await romeo.hears('banishment is over');
});

play('a mute takes words, edits and reactions, and ends by itself', async (stage) => {
  const [prince, mercutio] = await stage.cast('prince', 'mercutio');
  await prince.makes('verona');
  await mercutio.joins('#verona');
  await mercutio.says('a plague');
  await prince.mutes(mercutio, 60_000);
  await refused('muted', mercutio.says('on both'));
  await refused('muted', mercutio.edits('a plague', 'on both'));
  await refused('muted', mercutio.reacts('a plague', '☠️'));
  await mercutio.deletes('a plague');
  await stage.passes(59_000);
  await stage.passes(2_000);
  await mercutio.says('on both your houses');
  await prince.hears('on both your houses');
});

play('roles: the owner makes a moderator, who moderates those below and nobody else', async (stage) => {
  const [prince, friar, romeo, paris] = await stage.cast('prince', 'friar', 'romeo', 'paris');
  await prince.makes('verona');
  for (const each of [friar, romeo, paris]) await each.joins('#verona');
  await prince.makesOf(friar, 'moderator');
  await prince.makesOf(paris, 'moderator');
  await refused('forbidden', friar.kicks(paris));
  await refused('forbidden', friar.bans(prince));
  await refused('forbidden', friar.makesOf(romeo, 'moderator'));
  await friar.kicks(romeo);
  await romeo.isOut();
});

play('when the owner leaves, the longest of the highest inherits', async (stage) => {
  const [prince, capulet, montague] = await stage.cast('prince', 'capulet', 'montague');
  await prince.makes('verona');
  await capulet.joins('#verona');
  await montague.joins('#verona');
  await prince.leaves();
  await stage.until('capulet is told', () => capulet.room.summary.get().view.me.role === 'owner');
  await capulet.kicks(montague);
  await montague.isOut();
});
