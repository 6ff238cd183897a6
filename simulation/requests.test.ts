// Every request of the protocol, asked by everybody: what its declaration does not allow is refused and changes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultPermissions,
  encodeCbor,
  encodeFrame,
  type Payload,
  type RequestName,
  type RequestType,
  requestTypes,
} from '@parley/protocol';
import { ports } from './home.ts';
import { Life } from './life.ts';
import { assemble, type Caller, type Cast, dismiss, dump } from './requests/cast.ts';
import { samples } from './requests/samples.ts';

/** The codes that say that the declaration of `type` keeps this caller away; undefined when it does not. */
function refusalOf(type: RequestType, { standing, role, isMuted }: Caller): string[] | undefined {
  if (type.from === 'anyone') return undefined;
  if (standing === 'anonymous') return ['not-signed-in'];
  if (type.from !== 'guest' && standing === 'guest') return ['guests-refused'];
  if (type.from === 'operator' && standing !== 'owner') return ['forbidden'];
  if (!type.room) return undefined;
  if (!role) return standing === 'banned' ? ['banned', 'not-found', 'not-a-member'] : ['not-found', 'not-a-member'];
  const { permission, notMuted } = type.room;
  if (permission && !defaultPermissions[role].includes(permission)) return ['forbidden'];
  return notMuted && isMuted ? ['muted'] : undefined;
}

async function ask({ scene, about }: Cast, { client }: Caller, name: RequestName): Promise<string> {
  const payload = samples[name](about) as Payload<typeof name>;
  return scene.sure(
    name,
    client.request(name, payload).then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    ),
  );
}

test('what the declaration of a request does not allow is refused with the reason and changes nothing', async () => {
  const cast = await assemble();
  const before = await dump(cast.scene);
  let refused = 0;
  for (const [name, type] of requestTypes)
    for (const caller of cast.callers) {
      const codes = refusalOf(type, caller);
      if (!codes) continue;
      const code = await ask(cast, caller, name as RequestName);
      assert.ok(codes.includes(code), `${name} by ${caller.standing}: ${code}, not ${codes.join(' or ')}`);
      refused += 1;
    }
  assert.ok(refused > 200, String(refused));
  assert.equal(await dump(cast.scene), before);
  cast.scene.world.check();
  dismiss(cast.scene);
});

test('the owner is kept from nothing by a declaration, and no sample is malformed', async () => {
  const keptAway = new Set(['not-signed-in', 'guests-refused', 'muted', 'bad-request', 'unknown-request', 'internal']);
  const ends = new Set(['account.erase', 'session.signOut', 'session.revoke', 'room.leave', 'account.setPassword']);
  const cast = await assemble();
  const owner = cast.callers[0]!;
  const names = ([...requestTypes.keys()] as RequestName[]).sort((a, b) => Number(ends.has(a)) - Number(ends.has(b)));
  for (const name of names.filter((each) => !ends.has(each))) {
    const code = await ask(cast, owner, name);
    assert.ok(!keptAway.has(code), `${name}: ${code}`);
  }
  cast.scene.world.check();
  dismiss(cast.scene);
});

test('malformed, oversized and replayed frames change nothing and end at most their connection (S9)', async () => {
  const cast = await assemble();
  const { world, home } = cast.scene;
  const { random } = world;
  const before = await dump(cast.scene);
  for (let round = 0; round < 150; round++) {
    const encoding = random.pick(['json', 'cbor'] as const);
    const life = new Life(`stranger-${round}`, world.clock, random);
    const dial = world.network.dial(life, { host: home.name, port: ports[encoding] }, encoding);
    const link = await cast.scene.sure('dialling', dial());
    const frames = Array.from({ length: random.between(1, 6) }, (_, i) => malformed(cast, encoding, i));
    for (const frame of frames) void link.send(frame).catch(() => {});
    await world.clock.pass(50);
    life.kill();
  }
  await world.clock.pass(1_000);
  assert.equal(await dump(cast.scene), before);
  world.check();
  const owner = cast.callers[0]!;
  assert.equal(await ask(cast, owner, 'message.send'), 'done');
  dismiss(cast.scene);
});

/** Bytes that no honest client sends before it has signed in. */
function malformed(cast: Cast, encoding: 'json' | 'cbor', id: number): Uint8Array {
  const { random } = cast.scene.world;
  const name = random.pick([...requestTypes.keys()]) as RequestName;
  const sound = samples[name](cast.about) as Record<string, unknown>;
  const payload = random.pick<unknown>([
    null,
    [],
    'text',
    { ...sound, extra: 1 },
    Object.fromEntries(Object.keys(sound).map((key) => [key, random.pick([null, -1, 'x'.repeat(500), {}, [[]]])])),
    deep(random.between(2, 40)),
  ]);
  const frame = encodeFrame(encoding, { id, request: name, payload });
  const broken = Uint8Array.from(frame);
  for (let i = 0; i < 3; i++) broken[random.below(broken.length)]! ^= random.between(1, 255);
  const hello = encodeFrame(encoding, { id, request: 'session.hello', payload: { versions: [1], client: 'x' } });
  const large = encodeFrame(encoding, { id, request: name, payload: { text: 'x'.repeat(20_000) } });
  const strange = encodeFrame(encoding, { id, request: 'constructor.prototype', payload: {} });
  return random.pick([frame, broken, hello, large, strange, random.bytes(random.below(100)), encodeCbor([id])]);
}

const deep = (levels: number): unknown => (levels === 0 ? 0 : [deep(levels - 1)]);
