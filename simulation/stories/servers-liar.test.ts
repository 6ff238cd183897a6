// A man at the links of a server holds its key and says in its name what it does not; see what the others make of it.
import assert from 'node:assert/strict';
import type { FramePayload, LogLine, QuestionReply } from '@parley/protocol';
import { clerkUser } from '@parley/room';
import { Forger } from '../hostile/forgery.ts';
import type { Said } from '../hostile/man.ts';
import { playAcross, type ServersStage } from './servers.ts';
import type { Actor } from './stage.ts';

type Append = FramePayload<'append'>;
const stands = 'a room of another server stands still: its log is wrong';
const forbids = 'a server appends what its room forbids';

/** Romeo’s server lies when it is made to; juliet and nurse are elsewhere, and in his room. */
async function inVerona(stage: ServersStage): Promise<[romeo: Actor, juliet: Actor, nurse: Actor]> {
  const [romeo, juliet, nurse] = await stage.oneEach('romeo', 'juliet', 'nurse');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await nurse.follows(romeo);
  await romeo.says('well met');
  await juliet.hears('well met');
  await nurse.hears('well met');
  return [romeo, juliet, nurse];
}

/** Has the next entries that a server is sent be others. */
function appends(stage: ServersStage, to: Actor, lie: (append: Append) => Append): void {
  let isDone = false;
  stage.man.tell = (said, { to: server }) => {
    if (isDone || said.frame.frame !== 'append' || server !== to.home.id) return [said];
    isDone = true;
    return [{ ...said, frame: { frame: 'append', payload: lie(said.frame.payload) } }];
  };
}

/** Has every answer to a question be another one, for a while. */
function answers<R>(stage: ServersStage, question: string, lie: (reply: R) => R): () => number {
  let told = 0;
  stage.man.tell = (said, { asked }): readonly Said[] => {
    const { frame } = said;
    if (frame.frame !== 'answer' || asked.get(frame.payload.n)?.ask !== question) return [said];
    told += 1;
    return [
      { ...said, frame: { frame: 'answer', payload: { ...frame.payload, reply: lie(frame.payload.reply as R) } } },
    ];
  };
  return () => told;
}

const isHonest = (stage: ServersStage): void => {
  stage.man.tell = (said) => [said];
};

const liar = { servers: 3, liar: true } as const;

playAcross(
  'a range with entries of another room is refused',
  async (stage) => {
    const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
    await romeo.makes('mantua');
    const others: LogLine[] = [];
    stage.man.tell = (said) => {
      if (said.frame.frame === 'append') others.push(...said.frame.payload.lines);
      return [said];
    };
    await juliet.follows(romeo);
    for (let i = 1; i <= 9; i++) await romeo.says(`of mantua ${i}`);
    await juliet.hears('of mantua 9');
    await romeo.makes('verona');
    for (let i = 1; i <= 9; i++) await romeo.says(`of verona ${i}`);
    const told = answers<QuestionReply<'range'>>(stage, 'range', (reply) => ({
      ...reply,
      lines: others.slice(-reply.lines.length),
    }));
    await juliet.follows(romeo);
    const page = { room: juliet.room.id, before: 8, limit: 20, show: 'rows' } as const;
    await stage.sure(
      'a look back',
      juliet.client.request('history.page', page).catch(() => {}),
    );
    assert.ok(told() > 0);
    assert.ok(!juliet.words.some((word) => word?.includes('mantua')));
    assert.ok(stage.world.noticed.includes('earlier entries could not be had'));
    isHonest(stage);
    await juliet.readsBack();
    assert.deepEqual(
      juliet.words,
      Array.from({ length: 9 }, (_, i) => `of verona ${i + 1}`),
    );
  },
  { ...liar, servers: 2 },
);

playAcross(
  'a clerk that skips an entry is found out, and heals when it does so no more',
  async (stage) => {
    const [romeo, juliet] = await inVerona(stage);
    appends(stage, juliet, (append) => ({ ...append, lines: [] }));
    await romeo.says('skipped');
    await romeo.says('not skipped');
    await juliet.shows('well met', 'skipped', 'not skipped');
  },
  liar,
);

playAcross(
  'a clerk that invents a user of another server is not believed, and the room says so and goes on',
  async (stage) => {
    const [romeo, juliet, nurse] = await inVerona(stage);
    const forger = new Forger(stage.homes[0]!, stage.world.random);
    for (const user of [forger.stranger(nurse.home.id), nurse.user]) {
      appends(stage, juliet, (append) => {
        const forged = forger.entry(append.lines.at(-1)!, append.room, { user, kind: 'message' }, nurse.home.id);
        return { ...append, lines: [...append.lines, forged] };
      });
      stage.world.noticed.length = 0;
      await romeo.says(`beside ${user}`);
      await stage.until('it is noticed', () => stage.world.noticed.includes(stands));
      await romeo.says(`after ${user}`);
      await stage.passes(5_000);
    }
    const people = new Set(juliet.rows.map((row) => (row.type === 'message' ? row.user : romeo.user)));
    assert.deepEqual([...people], [romeo.user]);
  },
  liar,
);

playAcross(
  'what a clerk appends although its room forbids it changes nothing, and is reported',
  async (stage) => {
    const [romeo, juliet, nurse] = await inVerona(stage);
    const forger = new Forger(stage.homes[0]!, stage.world.random);
    const subject = juliet.user;
    const user = forger.stranger(stage.homes[0]!.id);
    const ban = { kind: 'member', data: { change: 'ban', subject } };
    appends(stage, juliet, ({ room, people, lines }) => {
      const byNobody = forger.entry(lines.at(-1)!, room, { user, ...ban });
      const byDecree = forger.decree(byNobody, room, { user: clerkUser(stage.homes[0]!.id), ...ban });
      return { room, people, lines: [...lines, byNobody, byDecree] };
    });
    await romeo.says('beside a ban');
    await stage.until('it is noticed', () => stage.world.noticed.includes(forbids));
    await juliet.hears('beside a ban');
    assert.ok(juliet.room.summary.get().view.me.membership === 'member');
    const bans = await juliet.home.disk.rows("SELECT key FROM leaf WHERE key LIKE 'ban/%'");
    assert.deepEqual(bans, []);
    assert.ok(nurse.room.summary.get().view.me.membership === 'member');
  },
  liar,
);

playAcross(
  'a submission in the name of another server’s people, repeated or numbered with a gap changes nothing',
  async (stage) => {
    const [romeo, juliet, nurse] = await stage.oneEach('romeo', 'juliet', 'nurse');
    await juliet.makes('verona');
    await romeo.follows(juliet);
    await nurse.follows(juliet);
    await romeo.says('well met');
    await juliet.hears('well met');
    const forger = new Forger(stage.homes[0]!, stage.world.random);
    const talk = [...stage.man.conversations].find(({ to }) => to === juliet.home.id)!;
    const room = juliet.room.id;
    const headOf = () => juliet.home.disk.rows('SELECT seq, hex(chain) AS chain FROM room');
    const before = await headOf();
    for (const user of [juliet.user, nurse.user, forger.stranger(nurse.home.id)])
      for (const origin of [stage.homes[0]!.id, nurse.home.id]) {
        const asked = talk.ask('submit', forger.batch(room, { user, kind: 'message' }, { origin }));
        await stage.passes(1_000);
        await Promise.race([asked, stage.passes(0)]);
      }
    const again = forger.batch(room, { user: romeo.user, kind: 'message' });
    for (let time = 0; time < 3; time++) {
      void talk.ask('submit', again);
      await stage.passes(1_000);
    }
    const [head] = await headOf();
    // Signed by this server, three acts of other servers' people are refused in the log, and one of its own stands once.
    assert.equal(head!.seq, (before[0]!.seq as number) + 4);
    const said = await juliet.home.disk.rows("SELECT kind FROM entry WHERE kind IN ('message', 'tombstone')");
    assert.equal(said.filter(({ kind }) => kind === 'message').length, 2);
  },
  liar,
);
