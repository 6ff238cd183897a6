/** Acts on members. What can be taken back says so in its note; a removal waits for the note to go. */
import type { Client, Room } from '@parley/client';
import type { MemberView, Role } from '@parley/protocol';
import { useMemo } from 'react';
import { useServices } from '../service/services.tsx';
import { explain } from '../ui/explain.ts';
import { shownName } from '../ui/name.ts';
import { durationInWords } from './list.ts';

export interface Terms {
  /** Undefined: until lifted. */
  durationMs?: number | undefined;
  reason?: string | undefined;
}

export interface Moderate {
  mute(member: MemberView, terms: Terms): void;
  unmute(member: MemberView): void;
  kick(member: MemberView, reason?: string): void;
  ban(member: MemberView, terms: Terms): void;
  setRole(member: MemberView, role: Role): void;
}

const special = {
  forbidden: 'Your role does not allow this any more.',
  'unknown-target': 'They are not in the room any more.',
};

export function useModeration(client: Client, room: Room, done: () => void): Moderate {
  const { toasts } = useServices();
  return useMemo((): Moderate => {
    const about = (member: MemberView) => ({ room: room.id, user: member.person.id, clientId: client.newClientId() });
    const fields = ({ durationMs, reason }: Terms) => ({
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(reason ? { reason } : {}),
    });
    const run = (act: Promise<unknown>, text: string, back?: () => void) =>
      act.then(
        () => {
          done();
          toasts.show({ text, ...(back ? { action: { label: 'Undo', run: back } } : {}) });
        },
        (error) => void toasts.show({ text: explain(error, special), tone: 'bad' }),
      );
    const unmute = (member: MemberView) =>
      void run(client.request('member.unmute', about(member)), `${shownName(member.person)} may speak again`);
    const unban = (member: MemberView) =>
      void run(client.request('member.unban', about(member)), `The ban of ${shownName(member.person)} is lifted`);
    const time = ({ durationMs }: Terms) => (durationMs === undefined ? '' : ` for ${durationInWords(durationMs)}`);
    return {
      unmute,
      mute(member, terms) {
        const act = client.request('member.mute', { ...about(member), ...fields(terms) });
        void run(act, `${shownName(member.person)} is muted${time(terms)}`, () => unmute(member));
      },
      kick(member, reason) {
        toasts.show({
          text: `${shownName(member.person)} is removed`,
          undo: () => undefined,
          commit: () =>
            client
              .request('member.kick', { ...about(member), ...(reason ? { reason } : {}) })
              .then(done, (error) => toasts.show({ text: explain(error, special), tone: 'bad' })),
        });
      },
      ban(member, terms) {
        const act = client.request('member.ban', { ...about(member), ...fields(terms) });
        void run(act, `${shownName(member.person)} is banned${time(terms)}`, () => unban(member));
      },
      setRole(member, role) {
        const before = member.role;
        const act = client.request('member.setRole', { ...about(member), role });
        const isMe = member.person.id === client.me.get()?.user;
        const back = () =>
          void run(
            client.request('member.setRole', { ...about(member), role: before }),
            `${shownName(member.person)} is ${before} again`,
          );
        void run(act, `${shownName(member.person)} is ${role} now`, isMe ? undefined : back);
      },
    };
  }, [client, room, toasts, done]);
}
