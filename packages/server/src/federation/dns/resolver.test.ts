import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { CHECKING_DISABLED, DNSSEC_OK } from 'dns-packet';
import { runtime } from '../../runtime.ts';
import { createVirtualRuntime } from '../../runtime-virtual.ts';
import { maxTcpBytes } from './exchange.ts';
import { encodeQuestion, isAnswerTo, maxUdpBytes, readMessage } from './message.ts';
import { Resolver } from './resolver.ts';
import {
  type Answering,
  answeringFrom,
  answerOf,
  answerTo,
  recordsOf,
  type TestAnswer,
  type TestResolver,
  testResolver,
} from './testing-resolver.ts';

const question = { name: '_parley.chat.example.org', type: 'TXT' } as const;
const records = recordsOf(question.name, 300);
const right: TestAnswer = { answers: [records.txt('right')], isValidated: true };
const rightReply = 'records 300 validated: right';

/** A resolver under test, whose time stands still where `isVirtual`. */
async function withResolver(
  answering: Answering,
  use: (resolver: Resolver, server: TestResolver, clock: ReturnType<typeof createVirtualRuntime>) => Promise<void>,
  { isTrusted = true, isVirtual = false } = {},
): Promise<void> {
  await using server = await testResolver(answering);
  const clock = createVirtualRuntime(7);
  const resolver = new Resolver({
    address: server.address,
    isTrusted,
    runtime: isVirtual ? clock : runtime,
  });
  try {
    await use(resolver, server, clock);
  } finally {
    resolver.close();
  }
}

/** A reply in a line. */
async function replyTo(resolver: Resolver): Promise<string> {
  const reply = await resolver.ask(question);
  if (reply.kind === 'records') {
    const texts = reply.records.map((record) => (record.type === 'TXT' ? String(record.data) : record.type));
    return `records ${reply.ttlS} ${reply.isValidated ? 'validated' : 'unsigned'}: ${texts.join(' ')}`;
  }
  return reply.kind === 'none' ? `none ${reply.ttlS}` : reply.kind;
}

const replies = (answer: TestAnswer, expected: string, isTrusted = true) =>
  withResolver(
    (asked) => answerTo(asked, answer),
    async (resolver) => assert.equal(await replyTo(resolver), expected),
    { isTrusted },
  );

describe('a question', () => {
  test('asks for validation with its proof, of a checking resolver, each time under another id', async () => {
    await withResolver(
      (asked) => answerTo(asked, right),
      async (resolver, server) => {
        for (let i = 0; i < 8; i++) await resolver.ask(question);
        assert.ok(new Set(server.asked.map(({ packet }) => packet.id)).size > 6);
        const { packet } = server.asked[0]!;
        assert.equal(packet.flag_rd && packet.flag_ad, true);
        assert.equal((packet.flags ?? 0) & CHECKING_DISABLED, 0);
        const [opt] = packet.additionals ?? [];
        assert.ok(opt?.type === 'OPT');
        assert.equal(opt.udpPayloadSize, maxUdpBytes);
        assert.equal(opt.flags & DNSSEC_OK, DNSSEC_OK);
      },
    );
  });

  test('waits for its turn when many are under way, and is refused when too many wait', async () => {
    await withResolver(
      () => undefined,
      async (resolver, server, clock) => {
        const asked = Array.from({ length: 1_200 }, () => resolver.ask(question));
        const refused = await Promise.all(asked.slice(-100));
        assert.ok(refused.every(({ kind }) => kind === 'unavailable'));
        while (server.asked.length < 16) await new Promise((resolve) => setImmediate(resolve));
        assert.equal(clock.timers, 16);
        resolver.close();
        assert.ok((await Promise.all(asked)).every(({ kind }) => kind === 'unavailable'));
        assert.equal(clock.timers, 0);
      },
      { isVirtual: true },
    );
  });
});

describe('an answer', () => {
  test('is validated when the resolver says so, and is to be trusted', async () => {
    await replies(right, rightReply);
    await replies({ answers: [records.txt('right')] }, 'records 300 unsigned: right');
    await replies(right, 'records 300 unsigned: right', false);
  });

  test('that there is none holds as long as the zone says', async () => {
    const authorities = [recordsOf('example.org', 900).soa(120)];
    await replies({ rcode: 3, authorities }, 'none 120');
    await replies({ authorities }, 'none 120');
    await replies({ rcode: 3 }, 'none 0');
  });

  test('of a failed server is bogus when the resolver says so, or has an answer that it does not vouch for', async () => {
    await replies({ rcode: 2 }, 'unavailable');
    for (const unchecked of [right, { rcode: 3 }, { rcode: 2 }, { rcode: 5 }]) {
      const isForged = unchecked === right || unchecked.rcode === 3;
      await withResolver(
        (asked) => answerTo(asked, asked.packet.flag_cd ? unchecked : { rcode: 2 }),
        async (resolver, server) => {
          assert.equal(await replyTo(resolver), isForged ? 'bogus' : 'unavailable');
          assert.equal(server.asked.length, 2);
        },
      );
    }
    await replies({ rcode: 2, extendedError: 6 }, 'bogus');
    await replies({ rcode: 2, extendedError: 22 }, 'unavailable');
    await replies({ rcode: 2, extendedError: 23 }, 'unavailable');
    await replies({ rcode: 5 }, 'unavailable');
    await replies({ rcode: 1 }, 'unavailable');
  });

  test('stands behind a chain of aliases, and holds as long as the shortest of them', async () => {
    const chain = [
      records.cname('A.example.net'),
      recordsOf('a.example.net', 60).cname('b.example.net'),
      recordsOf('B.example.net', 100).txt('right'),
    ];
    await replies({ answers: chain, isValidated: true }, 'records 60 validated: right');
    await replies({ answers: chain.toReversed(), isValidated: true }, 'records 60 validated: right');
    await replies({ answers: chain.slice(0, 2) }, 'none 0');
    await replies({ answers: [recordsOf('other.example.org', 300).txt('wrong')] }, 'none 0');
  });

  test('with aliases in a ring, or too many of them, is no answer', async () => {
    await replies(
      { answers: [records.cname('a.example'), recordsOf('a.example', 1).cname(question.name)] },
      'unavailable',
    );
    const long = Array.from({ length: 12 }, (_, i) =>
      recordsOf(i === 0 ? question.name : `a${i}.x`, 1).cname(`a${i + 1}.x`),
    );
    await replies({ answers: [...long, recordsOf('a12.x', 1).txt('wrong')] }, 'unavailable');
  });
});

describe('what is no answer is passed over', () => {
  const wrong: TestAnswer = { answers: [records.txt('wrong')], isValidated: true };
  const cases: Record<string, Answering> = {
    'another id': (asked) => answerOf(asked, { id: ((asked.packet.id ?? 0) + 1) & 0xffff }, wrong),
    'another name': (asked) => answerOf(asked, { questions: [{ name: 'example.org', type: 'TXT' }] }, wrong),
    'another type': (asked) => answerOf(asked, { questions: [{ name: question.name, type: 'A' }] }, wrong),
    'another class': (asked) => answerOf(asked, { questions: [{ ...question, class: 'CH' }] }, wrong),
    'no question': (asked) => answerOf(asked, { questions: [] }, wrong),
    'two questions': (asked) => answerOf(asked, { questions: [question, question] }, wrong),
    'a question back': (asked) => answerOf(asked, { type: 'query' }, wrong),
    'nothing but noise': () => Buffer.from('garbage that goes on for a while'),
    'an empty datagram': () => Buffer.alloc(0),
    'more than was asked for': (asked) =>
      answerTo(asked, { ...wrong, answers: Array.from({ length: 60 }, (_, i) => records.txt(`wrong ${i}`)) }),
  };
  for (const [what, answering] of Object.entries(cases)) {
    test(`by UDP: ${what}`, () =>
      withResolver(
        (asked) => [answering(asked) as Buffer, answerTo(asked, right)],
        async (resolver, server) => {
          assert.equal(await replyTo(resolver), rightReply);
          assert.equal(server.asked.length, 1);
        },
      ));
  }

  test('and bytes left over, a cut record or too many records: it is asked again', async () => {
    const bad: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
      (bytes) => bytes.subarray(0, -4),
      (bytes) => {
        bytes.writeUInt16BE(40_000, 6);
        return bytes;
      },
    ];
    for (const spoil of bad) {
      let times = 0;
      await withResolver(
        (asked) => (times++ === 0 ? spoil(answerTo(asked, right)) : answerTo(asked, right)),
        async (resolver, server) => {
          assert.equal(await replyTo(resolver), rightReply);
          assert.equal(server.asked.length, 2);
        },
      );
    }
  });
});

describe('a long answer', () => {
  const long: TestAnswer = {
    answers: Array.from({ length: 20 }, (_, i) => records.txt(`${i} `.padEnd(200, 'x'))),
    isValidated: true,
  };

  test('is asked for by TCP', () =>
    withResolver(
      (asked) => answerTo(asked, asked.by === 'udp' ? { isTruncated: true } : long),
      async (resolver, server) => {
        const reply = await resolver.ask(question);
        assert.ok(reply.kind === 'records' && reply.isValidated);
        assert.equal(reply.records.length, 20);
        assert.deepEqual(
          server.asked.map(({ by }) => by),
          ['udp', 'tcp'],
        );
      },
    ));

  test('of whose datagram half is missing too', () =>
    withResolver(
      (asked) => (asked.by === 'tcp' ? answerTo(asked, right) : cut(answerTo(asked, { ...long, isTruncated: true }))),
      async (resolver) => assert.equal(await replyTo(resolver), rightReply),
    ));

  test('is none when it is larger than any honest one, another’s, cut again, or never comes', async () => {
    const huge = Array.from({ length: 100 }, () => records.txt('x'.repeat(200)));
    assert.ok(huge.length * 200 > maxTcpBytes);
    const byTcp: Answering[] = [
      (asked) => answerTo(asked, { ...right, answers: huge }),
      (asked) => answerOf(asked, { id: ((asked.packet.id ?? 0) + 1) & 0xffff }, right),
      (asked) => answerTo(asked, { ...right, isTruncated: true }),
      (asked) => Buffer.concat([answerTo(asked, right), Buffer.from('more')]),
      () => Buffer.from('no'),
    ];
    for (const answering of byTcp) {
      await withResolver(
        (asked) => (asked.by === 'tcp' ? answering(asked) : answerTo(asked, { isTruncated: true })),
        async (resolver, server) => {
          assert.equal(await replyTo(resolver), 'unavailable');
          assert.equal(server.asked.length, 6);
        },
      );
    }
  });
});

const cut = (bytes: Buffer): Buffer => bytes.subarray(0, maxUdpBytes - 100);

describe('a resolver', () => {
  test('that does not answer is asked again, and given up in the end', () =>
    withResolver(
      () => undefined,
      async (resolver, server, clock) => {
        const reply = resolver.ask(question);
        for (const [at, waitMs] of [2_000, 3_000, 5_000].entries()) {
          while (server.asked.length <= at) await new Promise((resolve) => setImmediate(resolve));
          clock.advance(waitMs - 1);
          assert.equal(clock.timers, 1);
          clock.advance(1);
        }
        assert.deepEqual(await reply, { kind: 'unavailable' });
        assert.equal(server.asked.length, 3);
      },
      { isVirtual: true },
    ));

  test('that was slow is heard when it answers the second time', () => {
    let times = 0;
    return withResolver(
      (asked) => (times++ === 0 ? undefined : answerTo(asked, right)),
      async (resolver, server, clock) => {
        const reply = replyTo(resolver);
        while (server.asked.length < 1) await new Promise((resolve) => setImmediate(resolve));
        clock.advance(2_000);
        assert.equal(await reply, rightReply);
      },
      { isVirtual: true },
    );
  });

  test('that is not there is found out at once', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(resolve));
    // Time stands still: only the system says that nobody listens.
    const clock = createVirtualRuntime(1);
    const resolver = new Resolver({ address: { host: '127.0.0.1', port }, isTrusted: true, runtime: clock });
    assert.deepEqual(await resolver.ask(question), { kind: 'unavailable' });
  });

  test('that is closed gives up at once', () =>
    withResolver(
      () => undefined,
      async (resolver, server, clock) => {
        const reply = resolver.ask(question);
        while (server.asked.length < 1) await new Promise((resolve) => setImmediate(resolve));
        resolver.close();
        assert.deepEqual(await reply, { kind: 'unavailable' });
        assert.deepEqual(await resolver.ask(question), { kind: 'unavailable' });
        assert.deepEqual([server.asked.length, clock.timers], [1, 0]);
      },
      { isVirtual: true },
    ));
});

test('no bytes make reading an answer throw', () => {
  const asked = encodeQuestion(77, question);
  const clock = createVirtualRuntime(3);
  const good = answerTo({ ...question, by: 'udp', packet: { ...readable(asked) } }, right);
  assert.ok(isAnswerTo(asked, good) && readMessage(good));
  for (let i = 0; i < 3_000; i++) {
    const bytes = Buffer.from(good.subarray(0, Math.floor(clock.random() * (good.length + 1))));
    for (let j = 0; j < 4 && bytes.length > 0; j++)
      bytes[Math.floor(clock.random() * bytes.length)] = Math.floor(clock.random() * 256);
    isAnswerTo(asked, bytes);
    readMessage(bytes);
  }
});

function readable(bytes: Buffer) {
  const flags = { flag_qr: false, flag_aa: false, flag_tc: false, flag_rd: true, flag_ra: false };
  return {
    ...flags,
    flag_z: false,
    flag_ad: true,
    flag_cd: false,
    id: bytes.readUInt16BE(0),
    questions: [question],
  };
}

test('answers come from a table where tests want one', () =>
  withResolver(answeringFrom({ [`${question.name} TXT`]: right }), async (resolver) => {
    assert.equal(await replyTo(resolver), rightReply);
    assert.equal((await resolver.ask({ name: 'example.org', type: 'A' })).kind, 'none');
  }));
