import assert from 'node:assert/strict';
import { play } from './stage.ts';

play('what is said while the server is away is sent when it is back, once and in order', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  stage.home.crash();
  const called = ['one', 'two', 'three'].map((word) => romeo.calls(word));
  await stage.passes(20_000);
  romeo.switchesOff();
  await stage.passes(1_000);
  await stage.sure('a new start', stage.home.start());
  await romeo.switchesOn();
  await juliet.shows('one', 'two', 'three');
  await romeo.shows('one', 'two', 'three');
  void called;
});

play('an ack that was lost does not say a thing twice', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  romeo.stopsReading();
  const said = romeo.calls('once');
  await juliet.hears('once');
  romeo.loses();
  await stage.sure('the ack', said);
  await romeo.shows('once');
  await juliet.shows('once');
});

play('a server that is killed at a write keeps all that it acknowledged', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  for (const moment of ['before', 'after'] as const) {
    const { disk } = stage.home;
    const at = disk.writes + 1;
    disk.strikes = (write, now) => write >= at && now === moment;
    const said = romeo.calls(`struck ${moment}`);
    await stage.until('the server is dead', () => !stage.home.running);
    disk.strikes = () => false;
    await stage.sure('a new start', stage.home.start());
    await stage.sure('the ack', said);
  }
  await juliet.shows('struck before', 'struck after');
});

play('a reader who is too slow is told so, disturbs nobody, and resumes where they were', async (stage) => {
  const [romeo, juliet, nurse] = await stage.cast('romeo', 'juliet', 'nurse');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  await nurse.joins('#verona');
  juliet.stopsReading();
  const long = 'sigh '.repeat(3_000);
  for (let i = 1; i <= 90; i++) await romeo.says(`${i} ${long}`);
  await nurse.hears(`90 ${long}`);
  assert.equal(juliet.words.length, 0);
  juliet.readsOn();
  await juliet.hears(`90 ${long}`);
  await juliet.readsBack();
  assert.equal(juliet.words.length, 90);
});

play('a connection that is dead in one direction is given up and replaced', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  juliet.stopsReading();
  await romeo.says('do you hear me?');
  await juliet.hears('do you hear me?');
});

play('a device that was switched off shows at once what it had, and then what it missed', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  await romeo.says('one');
  await juliet.shows('one');
  await stage.passes(2_000);
  juliet.switchesOff();
  for (let i = 2; i <= 300; i++) await romeo.says(`${i}`);
  stage.home.crash();
  juliet.device.start();
  await stage.until('what it had', () => juliet.client.room('#verona') !== undefined);
  await juliet.shows('one');
  await stage.sure('a new start', stage.home.start());
  await juliet.hears('300');
  await juliet.readsBack();
  assert.equal(juliet.words.length, 300);
});

play(
  'somebody who floods a room is slowed down, and delays nobody else',
  async (stage) => {
    const [romeo, mercutio, juliet] = await stage.cast('romeo', 'mercutio', 'juliet');
    await romeo.makes('verona');
    await mercutio.joins('#verona');
    await juliet.joins('#verona');
    const flood = Array.from({ length: 300 }, (_, i) => mercutio.calls(`bla ${i}`));
    await stage.passes(100);
    const saidMs = stage.world.clock.nowMs;
    await romeo.says('may I?');
    await juliet.hears('may I?');
    assert.ok(stage.world.clock.nowMs - saidMs < 1_000);
    assert.ok(mercutio.client.outbox.get().length > 100, 'nobody slowed the flood down');
    await stage.sure('all of it, in time', Promise.all(flood));
    await juliet.hears('bla 299');
    const words = juliet.words.filter((word) => word?.startsWith('bla'));
    assert.deepEqual(
      words,
      Array.from({ length: 300 }, (_, i) => `bla ${i}`),
    );
  },
  { rateFactor: 1 },
);
