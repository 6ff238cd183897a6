import assert from 'node:assert/strict';
import { play, refused } from './stage.ts';

play('a guest watches, joins by speaking, and is a guest for ever', async (stage) => {
  const [romeo] = await stage.cast('romeo');
  await romeo.makes('feast');
  await romeo.says('who is that lady?');
  const masked = await stage.guest('masked');
  await masked.joins('#feast');
  await romeo.says('she doth teach the torches');
  await masked.hears('she doth teach the torches');
  assert.equal(masked.room.summary.get().view.me.membership, 'watching');
  await masked.says('to burn bright');
  await romeo.hears('to burn bright');
  const { members } = await stage.sure('the members', romeo.room.members());
  assert.deepEqual(
    members.map(({ person, role }) => `${person.name} ${role}`),
    ['romeo owner', 'masked guest'],
  );
  await refused('guests-refused', masked.asks('room.create', { alias: 'own', clientId: 'c' }));
  await refused('forbidden', romeo.makesOf(masked, 'moderator'));
});

play('a guest is nobody after a crash unless they have spoken', async (stage) => {
  const [romeo] = await stage.cast('romeo');
  await romeo.makes('feast');
  const [silent, speaking] = [await stage.guest('silent'), await stage.guest('speaking')];
  await silent.joins('#feast');
  await speaking.joins('#feast');
  await speaking.says('good evening');
  stage.home.crash();
  await stage.sure('a new start', stage.home.start());
  await stage.until('the silent one is nobody', () => silent.client.status.get().state !== 'online');
  await romeo.isOnline();
  await romeo.says('still here?');
  await stage.until('silent is told so', () => silent.client.me.get() === undefined);
});

play('a banned guest is sent away and does not come back under that identity', async (stage) => {
  const [romeo] = await stage.cast('romeo');
  await romeo.makes('feast');
  const masked = await stage.guest('masked');
  await masked.joins('#feast');
  await masked.says('hm');
  await romeo.bans(masked);
  await masked.isOut();
  await refused('banned', masked.joins('#feast'));
});
