// What must hold among servers of which one lies: all that else holds, of the others and of their rooms. And whatever the
// liar says: nothing stands anywhere in the name of another server's people that they did not do (S9), and the liar got
// nothing that its people may not read (S8).
import assert from 'node:assert/strict';
import { decodeHeader } from '@parley/room';
import type { Home } from '../home.ts';
import { crypto } from '../log.ts';
import { type Liar, Scene } from '../scene.ts';
import { checkDisks, readersOf } from './followed.ts';

/** The scene without the server that lies, its people and its rooms. The same where none does. */
export async function honest(scene: Scene): Promise<Scene> {
  const { world, homes, liar } = scene;
  if (!liar) return scene;
  const part = new Scene(world, ...homes.filter(({ id }) => id !== world.hostile));
  const { disk } = homes.find(({ id }) => id === world.hostile)!;
  const kept = await disk.rows<{ id: string }>('SELECT id FROM room WHERE n NOT IN (SELECT room FROM followed)');
  for (const { id } of kept) part.others.add(id);
  const isOurs = (room: string): boolean => !part.others.has(room);
  part.people.push(...scene.people.filter(({ home }) => part.homes.includes(home)));
  const users = new Set(part.people.map(({ user }) => user));
  part.heard.push(
    ...scene.heard.filter(
      (word) => users.has(word.user) && isOurs(word.type === 'entry' ? word.entry.room : word.room),
    ),
  );
  part.tries.push(...scene.tries.filter(({ user, room }) => users.has(user) && isOurs(room)));
  for (const [room, keeper] of scene.keepers) if (isOurs(room)) part.keepers.set(room, keeper);
  for (const room of scene.unkept) if (isOurs(room)) part.unkept.add(room);
  for (const [home, atMs] of scene.restoredMs) part.restoredMs.set(home, atMs);
  return part;
}

export async function checkHonest(scene: Scene, liar: Liar): Promise<void> {
  const { homes } = await honest(scene);
  const hostile = scene.homes.find(({ id }) => id === scene.world.hostile)!;
  for (const home of homes) await checkActs(home, homes, hostile, liar);
  const { logs } = await checkDisks(homes);
  for (const log of logs) {
    const mayHave = readersOf({ home: hostile, log });
    for (const { room, line } of liar.got) {
      if (room !== log.id || !line.parts.some((part) => part !== null)) continue;
      const { pos, what } = decodeHeader(line.header);
      const kind = what.type === 'envelope' ? what.act.kind : '';
      if (kind === 'create' || kind === 'settings') continue;
      assert.ok(mayHave(pos.seq), `the liar got the words of entry ${pos.seq} of ${room} (S8)`);
    }
  }
}

/** What an honest server holds of the liar's rooms is, of other honest servers' people, what they handed in. */
async function checkActs(home: Home, homes: readonly Home[], hostile: Home, liar: Liar): Promise<void> {
  const rows = await home.disk.rows<{ id: string; seq: number; header: Uint8Array }>(
    `SELECT room.id AS id, entry.seq AS seq, header FROM entry JOIN followed ON followed.room = entry.room
     JOIN room ON room.n = entry.room WHERE followed.clerk = ?`,
    [hostile.id],
  );
  const servers = new Set(homes.map(({ id }) => id));
  for (const { id, seq, header } of rows) {
    const { what } = decodeHeader(header);
    if ((what.type !== 'envelope' && what.type !== 'tombstone') || !servers.has(what.stamp.origin)) continue;
    const hash = what.type === 'envelope' ? crypto.sha256(what.actBytes) : what.actHash;
    const where = `entry ${seq} of ${id} on the disk of ${home.name}`;
    assert.ok(liar.handedIn.has(Buffer.from(hash).toString('hex')), `${where} was never done (S9)`);
  }
}
