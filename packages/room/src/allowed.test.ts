// Every request, by every role, on everybody, with every flag given and taken away, against one table of what is allowed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultPermissions,
  type JoinRule,
  kindNames,
  type MemberChange,
  memberChanges,
  type Permission,
  permissions,
  type Role,
  roles,
} from '@parley/protocol';
import type { Act } from './act.ts';
import { refusalOf } from './allowed.ts';
import { pinKey, type RoomState } from './state.ts';
import { step } from './step.ts';
import { Book, crypto, person } from './testing.ts';

/** Where somebody stands: a role, or outside; muted or not. */
interface Standing {
  name: string;
  role?: Role;
  outside?: 'stranger' | 'banned' | 'invited' | 'knocking';
  muted?: boolean;
}
const inside: Standing[] = roles.map((role) => ({ name: role, role }));
const standings: Standing[] = [
  ...inside,
  ...inside.map((each) => ({ ...each, name: `muted ${each.name}`, muted: true })),
  ...(['stranger', 'banned', 'invited', 'knocking'] as const).map((outside) => ({ name: outside, outside })),
];

/**
 * What a request takes.
 * `flag`: the permission, where it is done to oneself or to nobody · `flagOnOthers`: where it is done to somebody else;
 * 'never' = not possible, 'free' = without a permission · `below`: others must stand lower, or outside · `silenced`: a mute
 * takes it away · `on`: whom it can be done to at all · `by`: who does it; members where nothing is said.
 */
interface Rule {
  request: string;
  kind: string;
  data?: (subject: string, state: RoomState) => object;
  /** Names a message of the subject. */
  target?: boolean;
  /** That message is pinned. */
  pinned?: boolean;
  room?: JoinRule;
  flag?: Permission | 'never' | 'free';
  flagOnOthers?: Permission | 'never' | 'free';
  below?: boolean;
  silenced?: boolean;
  on?: (subject: Standing) => boolean;
  by?: (actor: Standing) => boolean;
  /** What remains to be said, for `role`. */
  also?: (actor: Standing, subject: Standing, self: boolean) => boolean;
}

const member = (change: MemberChange) => (subject: string) => ({ change, subject });
const outsider = ({ role, outside }: Standing) => role === undefined && outside !== 'banned';
const rules: Rule[] = [
  { request: 'send', kind: 'message', flag: 'post', silenced: true },
  { request: 'import', kind: 'message', data: () => ({ imported: true }), flag: 'never' },
  {
    request: 'edit',
    kind: 'edit',
    target: true,
    flag: 'edit-own',
    flagOnOthers: 'edit-any',
    below: true,
    silenced: true,
  },
  { request: 'redact', kind: 'redact', target: true, flag: 'redact-own', flagOnOthers: 'redact-any', below: true },
  { request: 'react', kind: 'react', target: true, flag: 'react', flagOnOthers: 'react', silenced: true },
  { request: 'unreact', kind: 'unreact', target: true, flag: 'free', flagOnOthers: 'redact-any', below: true },
  ...[true, false].flatMap((pinned): Rule[] => [
    {
      request: pinned ? 'pin again' : 'pin',
      kind: 'pin',
      target: true,
      pinned,
      flag: pinned ? 'never' : 'pin',
      flagOnOthers: pinned ? 'never' : 'pin',
    },
    {
      request: pinned ? 'unpin' : 'unpin again',
      kind: 'unpin',
      target: true,
      pinned,
      flag: pinned ? 'pin' : 'never',
      flagOnOthers: pinned ? 'pin' : 'never',
    },
  ]),
  { request: 'erase', kind: 'erase', data: (subject) => ({ subject }), flag: 'free', flagOnOthers: 'never' },
  { request: 'create', kind: 'create', data: () => ({}), flag: 'never' },
  { request: 'system', kind: 'system', data: () => ({ about: 'x' }), flag: 'never' },
  {
    request: 'mute',
    kind: 'mute',
    data: (subject) => ({ subject }),
    flag: 'never',
    flagOnOthers: 'mute',
    below: true,
  },
  {
    request: 'unmute',
    kind: 'unmute',
    data: (subject) => ({ subject }),
    flag: 'never',
    flagOnOthers: 'mute',
    below: true,
    on: ({ muted }) => muted === true,
  },
  { request: 'invite', kind: 'member', data: member('invite'), flag: 'never', flagOnOthers: 'invite', on: outsider },
  {
    request: 'decline',
    kind: 'member',
    data: member('decline'),
    flag: 'free',
    flagOnOthers: 'never',
    by: ({ outside }) => outside === 'invited',
  },
  {
    request: 'revoke',
    kind: 'member',
    data: member('revoke'),
    flag: 'never',
    flagOnOthers: 'kick',
    on: ({ outside }) => outside === 'invited',
  },
  ...(['public', 'invite', 'knock'] as const).flatMap((room): Rule[] => [
    {
      request: `knock in a ${room} room`,
      kind: 'member',
      data: member('knock'),
      room,
      flag: room === 'knock' ? 'free' : 'never',
      flagOnOthers: 'never',
      by: ({ outside }) => outside === 'stranger',
    },
    {
      request: `join a ${room} room`,
      kind: 'member',
      data: member('join'),
      room,
      flag: 'free',
      flagOnOthers: 'never',
      by: (actor) => outsider(actor) && (room === 'public' || actor.outside === 'invited'),
    },
  ]),
  {
    request: 'withdraw a knock',
    kind: 'member',
    data: member('withdraw'),
    flag: 'free',
    flagOnOthers: 'never',
    by: ({ outside }) => outside === 'knocking',
  },
  {
    request: 'deny a knock',
    kind: 'member',
    data: member('deny'),
    flag: 'never',
    flagOnOthers: 'invite',
    on: ({ outside }) => outside === 'knocking',
  },
  { request: 'leave', kind: 'member', data: member('leave'), flag: 'free', flagOnOthers: 'never' },
  {
    request: 'kick',
    kind: 'member',
    data: member('kick'),
    flag: 'never',
    flagOnOthers: 'kick',
    below: true,
    on: ({ role }) => role !== undefined,
  },
  { request: 'ban', kind: 'member', data: member('ban'), flag: 'never', flagOnOthers: 'ban', below: true },
  {
    request: 'unban',
    kind: 'member',
    data: member('unban'),
    flag: 'never',
    flagOnOthers: 'ban',
    on: ({ outside }) => outside === 'banned',
  },
  ...roles.map(
    (given): Rule => ({
      request: `role ${given}`,
      kind: 'role',
      data: (subject) => ({ subject, role: given }),
      flag: 'free',
      flagOnOthers: 'manage-roles',
      below: true,
      on: ({ role }) => role !== undefined && role !== 'guest',
      // One's own role may only sink; others get one below one's own, or from an owner any. Nobody becomes a guest.
      also: (actor, _subject, self) =>
        given !== 'guest' &&
        (rankOf(given) > rankOf(actor.role!) || (!self && actor.role === 'owner' && given === 'owner')),
    }),
  ),
  ...Object.entries({
    title: ['manage-info', true],
    topic: ['manage-info', true],
    slowModeMs: ['manage-info', 5],
    alias: ['manage-links', 'ops'],
    joinRule: ['manage-links', 'knock'],
    listed: ['manage-links', false],
    history: ['manage-history', 'world'],
    retentionDays: ['manage-history', 0],
    keepForever: ['manage-history', true],
    nothing: ['never', undefined],
  }).map(
    ([field, [flag, value]]): Rule => ({
      request: `settings of ${field}`,
      kind: 'settings',
      data: () => (value === undefined ? {} : { [field]: value }),
      flag: flag as Permission | 'never',
    }),
  ),
  {
    request: 'settings of permissions',
    kind: 'settings',
    // The table as it stands, within its bounds; what may change in it is a test of its own.
    data: (...[, state]) => ({ permissions: { ...state.settings.permissions, owner: [...permissions] } }),
    flag: 'manage-roles',
    also: ({ role }) => role === 'owner',
  },
];

const rankOf = (role: Role): number => ['owner', 'admin', 'moderator', 'member', 'guest'].indexOf(role);

/** A room with one person of each standing, and the actor, whose role has `flags`. */
function roomFor(
  actor: Standing,
  flags: readonly Permission[] | undefined,
): { state: RoomState; act: (r: Rule, s: number) => Act } {
  const book = new Book({ joinRule: 'public', history: 'all' });
  const { state } = book;
  state.members.clear();
  state.members.set(person(100), { role: 'owner', since: 1, guest: false });
  for (const [i, standing] of [actor, ...standings].entries()) place(state, person(i), standing);
  if (flags && actor.role)
    state.settings = { ...state.settings, permissions: { ...state.settings.permissions, [actor.role]: flags } };
  return {
    state,
    act: (rule, subject) =>
      book.act(person(0), rule.kind, {
        ...(rule.data ? { data: rule.data(person(subject), state) } : {}),
        ...(rule.target ? { target: { user: person(subject), clientId: 'c' } } : {}),
      }),
  };
}

function place(state: RoomState, user: string, { role, outside, muted }: Standing): void {
  if (role) state.members.set(user, { role, since: 2, guest: role === 'guest' });
  if (outside === 'banned') state.bans.set(user, { since: 2, durationMs: null });
  if (outside === 'invited') state.invited.set(user, { by: person(100), since: 2 });
  if (outside === 'knocking') state.knocking.set(user, { since: 2 });
  if (muted) state.mutes.set(user, { since: 2, durationMs: null });
}

function isAllowed(rule: Rule, actor: Standing, subject: Standing, self: boolean, has: readonly Permission[]): boolean {
  if (!(rule.by ?? (({ role }: Standing) => role !== undefined))(actor)) return false;
  if (rule.silenced && actor.muted) return false;
  const others = rule.data?.length === 1 || rule.target === true;
  if (others && rule.on && !rule.on(subject)) return false;
  if (rule.also && !rule.also(actor, subject, self)) return false;
  const onOther = others && !self;
  if (onOther && rule.below && subject.role && rankOf(subject.role) <= rankOf(actor.role!)) return false;
  const flag = onOther ? rule.flagOnOthers : rule.flag;
  return flag === 'free' || (flag !== undefined && flag !== 'never' && has.includes(flag));
}

/** Every combination; `visit` gets what the table says of it. */
function everyCase(
  variations: (actor: Standing) => (readonly Permission[] | undefined)[],
  visit: (state: RoomState, act: Act, want: boolean, name: string, rule: Rule) => void,
): number {
  let cases = 0;
  for (const actor of standings)
    for (const flags of variations(actor)) {
      const { state, act } = roomFor(actor, flags);
      const has = actor.role ? (flags ?? defaultPermissions[actor.role]) : [];
      for (const rule of rules) {
        state.settings = { ...state.settings, joinRule: rule.room ?? 'public' };
        // Subject 0 is the actor, the others one of each standing.
        [actor, ...standings].forEach((subject, i) => {
          const target = { user: person(i), clientId: 'c', since: 2 };
          state.pins = new Map(rule.pinned ? [[pinKey(target.user, target.clientId), target]] : []);
          const name = `${actor.name}: ${rule.request} on ${i === 0 ? 'self' : subject.name}, with ${flags ?? 'default'}`;
          visit(state, act(rule, i), isAllowed(rule, actor, subject, i === 0, has), name, rule);
          cases++;
        });
      }
    }
  return cases;
}

/** The role's own flags, and these with each flag turned round. */
function turned({ role }: Standing): (readonly Permission[] | undefined)[] {
  if (!role) return [undefined];
  const flags = defaultPermissions[role];
  return [
    undefined,
    ...permissions.map((flag) => (flags.includes(flag) ? flags.filter((each) => each !== flag) : [...flags, flag])),
  ];
}

test('every request × standing × relation to the subject × flag is allowed as the table says, and nothing else is', () => {
  const seen = new Set<string>();
  const cases = everyCase(turned, (state, act, want, name, rule) => {
    seen.add(rule.kind === 'member' ? `member ${(act.data as { change: string }).change}` : rule.kind);
    assert.equal(refusalOf(state, act) === undefined, want, `${name}: ${refusalOf(state, act) ?? 'allowed'}`);
  });
  assert.ok(cases > 50_000, String(cases));
  const all = [...kindNames.filter((kind) => kind !== 'member'), ...memberChanges.map((change) => `member ${change}`)];
  assert.deepEqual([...seen].sort(), all.sort());
});

test('the clerk appends exactly what the table allows', () => {
  const few = standings.map(({ name }) => name);
  let entries = 0;
  for (const name of few) {
    const own = (actor: Standing) => (actor.name === name ? [undefined] : []);
    everyCase(own, (base, act, want, what) => {
      const state = structuredClone(base);
      const target = { kind: act.kind === 'unreact' ? 'react' : 'message', gone: false };
      const stepped = step(state, { type: 'act', act, facts: { target }, after: state.head }, 1, crypto);
      assert.equal(stepped.outcome?.type, want ? 'entry' : 'refused', what);
      assert.equal(state.head.seq, base.head.seq + (want ? stepped.entries.length : 0), what);
      if (want) entries++;
    });
  }
  assert.ok(entries > 1_000, String(entries));
});

test('a refusal says why: banned, not a member, muted, and only then forbidden', () => {
  const codes = (actor: Standing, rule: Rule) => {
    const { state, act } = roomFor(actor, undefined);
    return refusalOf(state, act(rule, 1));
  };
  const [send, redact] = [rules[0]!, rules[3]!];
  for (const rule of [send, redact]) {
    assert.equal(codes({ name: 'banned', outside: 'banned' }, rule), 'banned');
    assert.equal(codes({ name: 'stranger', outside: 'stranger' }, rule), 'not-a-member');
    assert.equal(codes({ name: 'invited', outside: 'invited' }, rule), 'not-a-member');
  }
  assert.equal(codes({ name: 'muted', role: 'member', muted: true }, send), 'muted');
  assert.equal(codes({ name: 'member', role: 'member' }, redact), 'forbidden');
});

test('an invitation is taken back by who made it without the right to kick', () => {
  const { state, act } = roomFor({ name: 'member', role: 'member' }, undefined);
  const revoke = rules.find(({ request }) => request === 'revoke')!;
  const invited = 1 + standings.findIndex(({ outside }) => outside === 'invited');
  assert.equal(refusalOf(state, act(revoke, invited)), 'forbidden');
  state.invited.set(person(invited), { by: person(0), since: 3 });
  assert.equal(refusalOf(state, act(revoke, invited)), undefined);
});

test('a table of permissions is changed below oneself, by flags that one has, within the bounds of guest and owner', () => {
  const change = (actor: Role, table: Partial<Record<Role, readonly Permission[]>>) => {
    const { state } = roomFor({ name: actor, role: actor }, [...defaultPermissions[actor], 'manage-roles']);
    const data = { permissions: { ...state.settings.permissions, ...table } };
    const act = { room: state.id, user: person(0), device: '', clientId: 'x', kind: 'settings', data, parts: [] };
    return refusalOf(state, act) ?? 'allowed';
  };
  const { member: talk, admin, owner } = defaultPermissions;
  const cases: [Role, Partial<Record<Role, readonly Permission[]>>, string][] = [
    ['owner', { member: ['post'] }, 'allowed'],
    ['owner', { member: [...permissions] }, 'allowed'],
    ['owner', { owner: [...permissions] }, 'allowed'],
    ['owner', { owner: owner.slice(1) }, 'forbidden'],
    ['owner', { guest: [] }, 'allowed'],
    ['owner', { guest: ['post', 'invite'] }, 'forbidden'],
    ['admin', { member: ['post'] }, 'allowed'],
    ['admin', { member: [...talk, 'pin'] }, 'allowed'],
    ['admin', { member: [...talk, 'edit-any'] }, 'forbidden'],
    ['admin', { admin: admin.slice(1) }, 'forbidden'],
    ['admin', { owner: [...permissions] }, 'forbidden'],
    ['moderator', { member: ['post'] }, 'allowed'],
    ['moderator', { member: [...talk, 'manage-info'] }, 'forbidden'],
    ['moderator', { moderator: [] }, 'forbidden'],
    ['member', { guest: [] }, 'allowed'],
    ['member', { member: [] }, 'forbidden'],
    ['guest', { guest: [] }, 'forbidden'],
  ];
  for (const [actor, table, want] of cases)
    assert.equal(change(actor, table), want, `${actor}: ${JSON.stringify(table)}`);
});
