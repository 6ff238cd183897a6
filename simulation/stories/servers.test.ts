import assert from 'node:assert/strict';
import { playAcross } from './servers.ts';
import { refused } from './stage.ts';

playAcross('people of two servers hear each other, in one order', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await romeo.says('But soft');
  await juliet.hears('But soft');
  const together = ['one', 'two', 'three'].flatMap((word) =>
    [romeo, juliet].map((each) => each.calls(`${word} ${each.name}`)),
  );
  await stage.sure('all of it', Promise.all(together));
  await romeo.hears('three juliet');
  await stage.agree(romeo);
  await juliet.shows(...romeo.words);
  const order = (name: string) => romeo.words.filter((each) => each?.endsWith(name));
  assert.deepEqual(order('romeo'), ['one romeo', 'two romeo', 'three romeo']);
  assert.deepEqual(order('juliet'), ['one juliet', 'two juliet', 'three juliet']);
});

playAcross(
  'entries made during a partition arrive in one stable order',
  async (stage) => {
    const [romeo, juliet, nurse] = await stage.oneEach('romeo', 'juliet', 'nurse');
    const [one, two, three] = stage.homes;
    await romeo.makes('verona');
    await juliet.follows(romeo);
    await nurse.follows(romeo);
    stage.part(one!, two!);
    stage.part(one!, three!);
    for (let i = 1; i <= 5; i++) {
      for (const each of [juliet, nurse]) void each.calls(`${each.name} ${i}`);
      await romeo.says(`romeo ${i}`);
      await stage.passes(500);
    }
    stage.join(one!, two!);
    stage.join(one!, three!);
    for (const each of [romeo, juliet, nurse]) {
      await each.hears('juliet 5');
      await each.hears('nurse 5');
    }
    await stage.agree(romeo);
    await juliet.shows(...romeo.words);
    await nurse.shows(...romeo.words);
    assert.equal(romeo.words.length, 15);
    for (const { name } of [romeo, juliet, nurse]) {
      const own = romeo.words.filter((word) => word?.startsWith(name));
      assert.deepEqual(
        own,
        [1, 2, 3, 4, 5].map((i) => `${name} ${i}`),
      );
    }
  },
  { servers: 3 },
);

playAcross('peer returns and nobody speaks: backlog within 1 s', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await stage.agree(romeo);
  stage.part(one!, two!);
  for (let i = 1; i <= 50; i++) await romeo.says(`sigh ${i}`);
  stage.join(one!, two!);
  await stage.linked();
  const linkedMs = stage.world.clock.nowMs;
  await juliet.hears('sigh 50');
  assert.ok(stage.world.clock.nowMs - linkedMs < 1_000, `${stage.world.clock.nowMs - linkedMs} ms (L5)`);
});

playAcross('sender restarts with a backlog', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  stage.part(one!, two!);
  for (let i = 1; i <= 40; i++) assert.equal(await stage.sure('a queue', juliet.calls(`call ${i}`)), 'queued');
  two!.crash();
  await stage.passes(5_000);
  stage.join(one!, two!);
  await stage.sure('a new start', two!.start());
  await romeo.hears('call 40');
  await stage.agree(romeo);
  const calls = Array.from({ length: 40 }, (_, i) => `call ${i + 1}`);
  assert.deepEqual(romeo.words, calls);
  await juliet.shows(...calls);
});

playAcross('a retry is idempotent', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  const { network } = stage.world;
  // The clerk decides, and nobody hears of it; then the device asks its own server again as well.
  for (const wire of network.wires.filter(({ from, to }) => from === 's2' && to === 's1')) network.stall(wire, 'down');
  const called = juliet.calls('once');
  await romeo.hears('once');
  juliet.loses();
  await stage.passes(3_000);
  for (const wire of network.wires.filter(({ from, to }) => from === 's2' && to === 's1')) network.sever(wire);
  await stage.sure('the outcome', called);
  await stage.agree(romeo);
  await juliet.shows('once');
  await romeo.shows('once');
  await stage.until('nothing waits', () => juliet.client.outbox.get().length === 0);
});

playAcross('a missed update heals on the next one', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await stage.agree(romeo);
  // The link dies under an update, and neither end knows.
  for (const wire of stage.world.network.wires) if (wire.from === 's2') stage.world.network.sever(wire, 'neither');
  await romeo.says('missed');
  await stage.passes(100);
  assert.deepEqual(juliet.words, []);
  await romeo.says('next');
  await juliet.shows('missed', 'next');
});

playAcross('the dialler reconnects before the acceptor notices', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  // Only the dialling end learns of the cut.
  for (const wire of stage.world.network.wires.filter(({ from, to }) => from === 's2' && to === 's1')) {
    wire.cut = true;
    wire.ends.find(({ peer }) => peer.address === 's1')!.close('lost');
  }
  const cutMs = stage.world.clock.nowMs;
  await romeo.says('do you hear me?');
  await juliet.hears('do you hear me?');
  assert.ok(stage.world.clock.nowMs - cutMs < 10_000, 'the acceptor was waited for');
  await juliet.says('I do');
  await romeo.hears('I do');
});

playAcross(
  'an unreachable server blocks neither sending nor encryption',
  async (stage) => {
    const [romeo, juliet, nurse] = await stage.oneEach('romeo', 'juliet', 'nurse');
    const [one, , three] = stage.homes;
    await romeo.makes('verona');
    await juliet.follows(romeo);
    await nurse.follows(romeo);
    three!.crash();
    const saidMs = stage.world.clock.nowMs;
    await romeo.says('without the nurse');
    await juliet.hears('without the nurse');
    await juliet.says('quite so');
    await romeo.hears('quite so');
    assert.ok(stage.world.clock.nowMs - saidMs < 1_000);
    await stage.sure('a new start', three!.start());
    await nurse.hears('quite so');
    void one;
  },
  { servers: 3 },
);

playAcross(
  'rings and triangles of servers without duplicates',
  async (stage) => {
    const actors = await stage.oneEach('romeo', 'juliet', 'nurse', 'tybalt');
    const [romeo, juliet, nurse, tybalt] = actors;
    // Each keeps a room that all others are in.
    for (const [i, keeper] of actors.entries()) {
      await keeper.makes(`room-${i}`);
      for (const other of actors) if (other !== keeper) await other.follows(keeper);
      await Promise.all(actors.map((each) => stage.sure('a word', each.calls(`${each.name} in ${i}`))));
      for (const each of actors) for (const other of actors) await each.hears(`${other.name} in ${i}`);
      await stage.agree(keeper);
      for (const each of actors) assert.equal(each.words.length, actors.length, each.name);
      await romeo.shows(...keeper.words);
    }
    void [juliet, nurse, tybalt];
  },
  { servers: 4 },
);

playAcross(
  'a clock two days wrong changes neither order nor membership',
  async (stage) => {
    const [romeo, juliet, nurse] = await stage.oneEach('romeo', 'juliet', 'nurse');
    await romeo.makes('verona');
    await juliet.follows(romeo);
    await nurse.follows(romeo);
    for (const each of [romeo, juliet, nurse]) await each.says(each.name);
    await romeo.hears('nurse');
    await nurse.shows(...romeo.words);
    await romeo.bans(juliet, 20_000);
    await juliet.isOut();
    await refused('banned', stage.sure('a try', juliet.client.join(romeo.room.id, romeo.home.id)));
    await stage.passes(21_000);
    await juliet.follows(romeo);
    await romeo.mutes(nurse, 20_000);
    await stage.agree(romeo);
    await refused('muted', stage.sure('a try', nurse.room.send('I must speak')));
    await stage.passes(21_000);
    await nurse.says('at last');
    await juliet.hears('at last');
    await stage.agree(romeo);
  },
  { servers: 3, skewsMs: [0, 172_800_000, -172_800_000] },
);
