import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLog } from '../log.ts';
import { runtime } from '../runtime.ts';
import { StartError } from '../start-error.ts';
import { openHttpDoor } from './http.ts';
import { testCertificate } from './testing-certificate.ts';
import { readTls } from './tls.ts';

async function withFiles(run: (tlsCert: string, tlsKey: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
  const [tlsCert, tlsKey] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(tlsCert, testCertificate.cert);
  await writeFile(tlsKey, testCertificate.key);
  try {
    await run(tlsCert, tlsKey);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('TLS', () => {
  it('is off without files', () => {
    assert.equal(readTls({}), undefined);
  });

  it('protects the HTTP door, which closes although somebody never finishes the handshake', () =>
    withFiles(async (tlsCert, tlsKey) => {
      const door = await openHttpDoor({
        host: '127.0.0.1',
        port: 0,
        tls: readTls({ tlsCert, tlsKey }),
        appFolder: '/nowhere/app',
        origins: [],
        maxConnections: 10,
        isReady: () => true,
        onUpgrade: () => {},
        runtime,
        log: silentLog,
        drainMs: 30,
      });
      const { host, port } = door.address;
      const options = {
        host,
        port,
        path: '/healthz',
        headers: { host: 'chat.example.org' },
        servername: 'localhost',
        ca: testCertificate.cert,
        agent: false,
      };
      const { statusCode, headers } = await new Promise<IncomingMessage>((resolve, reject) => {
        get(options, (response) => response.resume().on('end', () => resolve(response))).on('error', reject);
      });
      assert.equal(statusCode, 200);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      const silent = connect(port, host);
      silent.on('error', () => {});
      await new Promise((resolve) => silent.once('connect', resolve));
      const closed = new Promise((resolve) => silent.once('close', resolve));
      await Promise.all([door.close(), closed]);
    }));

  it('is refused in one line when the files are missing, swapped or garbage', () =>
    withFiles(async (tlsCert, tlsKey) => {
      for (const files of [
        { tlsCert, tlsKey: '/nowhere/key.pem' },
        { tlsCert: tlsKey, tlsKey: tlsCert },
        { tlsCert, tlsKey: tlsCert },
      ]) {
        assert.throws(
          () => readTls(files),
          (error) =>
            error instanceof StartError && !error.message.includes('\n') && error.message.includes(files.tlsKey),
        );
      }
    }));
});
