/** Every request and who answers it. */
import { account } from './modules/account.ts';
import { archive } from './modules/archive.ts';
import { channel } from './modules/channel.ts';
import { direct } from './modules/direct.ts';
import { history } from './modules/history.ts';
import { invite } from './modules/invite.ts';
import { key } from './modules/key.ts';
import { marker } from './modules/marker.ts';
import { member } from './modules/member.ts';
import { message } from './modules/message.ts';
import { notice } from './modules/notice.ts';
import { peer } from './modules/peer.ts';
import { privacy } from './modules/privacy.ts';
import { receipt } from './modules/receipt.ts';
import { room } from './modules/room.ts';
import { server } from './modules/server.ts';
import { session } from './modules/session.ts';
import { presence, typing } from './modules/signal.ts';
import { sync } from './modules/sync.ts';
import { user } from './modules/user.ts';
import type { AllHandlers } from './router.ts';

export const handlers: AllHandlers = {
  session,
  account,
  user,
  invite,
  room,
  direct,
  member,
  message,
  entry: {},
  outcome: {},
  history,
  sync,
  typing,
  presence,
  receipt,
  privacy,
  marker,
  archive,
  channel,
  key,
  notice,
  peer,
  server,
};
