/** Every subcommand, in the order of help. */
import { claim, login, logout, register, whoami } from './account.ts';
import { bot } from './bot.ts';
import { chat } from './chat.ts';
import type { Command } from './command.ts';
import { directory } from './directory.ts';
import { dm } from './dm.ts';
import { dnsRecords } from './dns.ts';
import { exportRoom } from './export.ts';
import { federationDrop, federationRetry, federationStatus } from './federation.ts';
import { importIrc, importParley } from './import.ts';
import { inviteCreate, inviteList, inviteRevoke } from './invite.ts';
import { keyAdd, keygen, keyList, keyRemove } from './key.ts';
import { inbox, msg } from './msg.ts';
import { notice } from './notice.ts';
import { block, connect, disconnect, identity, peers, unblock } from './peer.ts';
import { create, join, leave, members } from './room.ts';
import { allowServer, denyServer } from './room-servers.ts';
import { rooms } from './rooms.ts';
import { rpc } from './rpc.ts';
import { send } from './send.ts';
import { serve } from './serve.ts';
import { servers } from './servers.ts';
import { shared } from './shared.ts';
import { tail } from './tail.ts';
import { watch } from './watch.ts';

export const commands: readonly Command[] = [
  register,
  login,
  logout,
  whoami,
  claim,
  keygen,
  keyAdd,
  keyList,
  keyRemove,
  rooms,
  create,
  join,
  leave,
  members,
  denyServer,
  allowServer,
  chat,
  send,
  dm,
  tail,
  watch,
  msg,
  inbox,
  rpc,
  ...shared,
  importIrc,
  importParley,
  exportRoom,
  serve,
  directory,
  identity,
  dnsRecords,
  peers,
  servers,
  connect,
  disconnect,
  block,
  unblock,
  federationStatus,
  federationRetry,
  federationDrop,
  inviteCreate,
  inviteList,
  inviteRevoke,
  notice,
  bot,
];
