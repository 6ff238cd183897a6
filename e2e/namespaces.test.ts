/** That the network of the other tests is one: what arrives, what is translated, what is lost and what cannot be dialled. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { type Host, Net, noNamespaces } from './namespaces.ts';

/** Echoes each datagram with the address that it came from; ends with its stdin. */
const echo = `
  const socket = require('node:dgram').createSocket('udp4').bind(7, () => console.log('bound'));
  socket.on('message', (_, { port, address }) => socket.send(address, port, address));
  process.stdin.resume().on('end', () => process.exit());`;

/** Sends datagrams; prints how many were answered until nothing came for a while, and as whom it is known there. */
const ask = `
  const [address, count] = process.argv.slice(1);
  const socket = require('node:dgram').createSocket('udp4').bind(0);
  let sent = 0, answered = 0, known = '';
  const end = () => { console.log(answered, known); process.exit(); };
  const silence = setTimeout(end, 1_000);
  socket.on('message', (said) => {
    known = said.toString();
    silence.refresh();
    if (++answered === Number(count)) end();
  });
  socket.on('error', () => {});
  setInterval(() => { if (sent++ < Number(count)) socket.send('?', 7, address); }, 1);`;

function start({ within }: Host, ...words: string[]) {
  const [program = '', ...rest] = [...within, process.execPath, '-e', ...words];
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function asked(from: Host, to: Host, count: number): Promise<{ answered: number; known: string }> {
  const child = start(from, ask, to.address, String(count));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const [answered, known = ''] = said.toString().trim().split(' ');
  return { answered: Number(answered), known };
}

test('a network of namespaces translates addresses, loses packets, and comes apart and together', {
  skip: noNamespaces,
}, async () => {
  await using net = await Net.open();
  const [one, other] = [await net.host(), await net.host()];
  const home = await net.hostBehindNat();
  const echoes = [one, home].map((host) => start(host, echo));
  try {
    await Promise.all(echoes.map(({ stdout }) => once(stdout, 'data')));
    assert.deepEqual(await asked(other, one, 20), { answered: 20, known: other.address });
    const { answered, known } = await asked(home, one, 20);
    assert.equal(answered, 20);
    assert.match(known, /^203\.0\.113\.\d+$/);
    assert.deepEqual(await asked(one, home, 20), { answered: 0, known: '' });
    await one.lose(30);
    // About 0.7² come back; to be beyond these bounds is rarer than one in 10⁹.
    const { answered: left } = await asked(other, one, 500);
    assert.ok(left > 150 && left < 350, `${left} of 500`);
    await one.unplug();
    assert.equal((await asked(other, one, 20)).answered, 0);
    await one.plug();
    assert.equal((await asked(other, one, 20)).answered, 20);
  } finally {
    for (const child of echoes) {
      child.stdin.end();
      await once(child, 'exit');
    }
  }
});
