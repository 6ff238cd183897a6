import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPerson, readRoom, readServer, roomAddress } from './address.ts';

const id = 'a'.repeat(52);
const key = `${'k'.repeat(51)}a`;

test('rooms are read by name or id, here or on another server', () => {
  for (const typed of ['#ops', 'ops', ' #Ops ']) assert.deepEqual(readRoom(typed), { alias: 'ops' }, typed);
  assert.deepEqual(readRoom('#Tea Time:Chat.Example.org'), { alias: 'tea-time', server: 'chat.example.org' });
  assert.deepEqual(readRoom(`ops:${key}`), { alias: 'ops', server: key });
  assert.deepEqual(readRoom(id), { id });
  assert.deepEqual(readRoom(`${id}:localhost`), { id, server: 'localhost' });
  assert.deepEqual(readRoom('#潮見表:日本.example'), { alias: '潮見表', server: 'xn--wgv71a.example' });
  for (const bad of ['', '#', ':chat.example.org', '#ops:', '#ops:a:b', '#ops:-x', '#a/b', '#ops:http://x', 'ops:x y'])
    assert.equal(readRoom(bad), undefined, bad);
});

test('people are read by name, here or on another server', () => {
  assert.deepEqual(readPerson('@Bob'), { name: 'bob' });
  assert.deepEqual(readPerson('bob:Chat.Example.org.'), { name: 'bob', server: 'chat.example.org' });
  for (const bad of ['', '@', '@:x', '@bob:', '@bob:x:y']) assert.equal(readPerson(bad), undefined, bad);
});

test('a server is a name or a key and nothing that could be taken for an address', () => {
  assert.equal(readServer(' LOCALHOST '), 'localhost');
  assert.equal(readServer(key), key);
  for (const bad of ['', 'a b', 'http://a', 'é/x', 'é:1', 'a_b', 'x'.repeat(254)])
    assert.equal(readServer(bad), undefined, bad);
});

test('a room of another server keeps its address whatever that server is called', () => {
  assert.equal(roomAddress({ id }), id);
  assert.deepEqual(readRoom(roomAddress({ id, server: key })), { id, server: key });
});
