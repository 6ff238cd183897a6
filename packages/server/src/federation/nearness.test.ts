import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayDial, type Nearness, nearer, nearnessOfUrl } from './nearness.ts';

test('an address is of this machine, of a private network, or the world’s', () => {
  const of: Record<Nearness, string[]> = {
    machine: ['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:1', 'http://127.9.9.9', 'http://a.localhost'],
    private: [
      'http://10.1.2.3',
      'http://192.168.0.1:80',
      'http://172.31.255.255',
      'http://169.254.1.1',
      'http://100.64.0.1',
      'http://0.0.0.0',
      'http://[fd00::1]',
      'http://[fe80::1]',
      'http://[::]',
      'http://[::ffff:10.0.0.1]',
      'http://printer.local',
    ],
    public: ['https://chat.example.org', 'http://192.0.2.1', 'http://172.32.0.1', 'https://[2001:db8::1]:8443'],
  };
  for (const [nearness, urls] of Object.entries(of))
    for (const url of urls) assert.equal(nearnessOfUrl(url), nearness, url);
});

test('what was learnt afar sends nobody to an address nearby', () => {
  assert.ok(mayDial('https://chat.example.org', 'public'));
  assert.ok(!mayDial('http://10.0.0.1', 'public'));
  assert.ok(!mayDial('http://127.0.0.1:6379', 'private'));
  assert.ok(mayDial('http://10.0.0.1', 'private'));
  assert.ok(mayDial('http://127.0.0.1:8080', 'machine'));
  assert.equal(nearer('public', 'machine'), 'machine');
  assert.equal(nearer('private', 'public'), 'private');
});
