/** A server that does nothing but announce itself to a directory. */
import { dial } from '@parley/link/websocket';
import {
  decodeServerFrame,
  directoryPath,
  directoryProof,
  directorySubprotocol,
  encodeFrame,
  limits,
  type ServerRecord,
  sealServerRecord,
  serverRecordBody,
} from '@parley/protocol';
import { identityFromSeed } from '@parley/server';

export interface Announcer {
  readonly id: string;
  announce(fields: Partial<ServerRecord>): Promise<void>;
  leave(): Promise<void>;
}

export async function announcerAt(url: string, seed: number): Promise<Announcer> {
  const identity = identityFromSeed(new Uint8Array(32).fill(seed));
  const address = `${url.replace(/^http/, 'ws')}${directoryPath}`;
  const link = await dial(address, { encoding: 'cbor', subprotocol: directorySubprotocol })();
  const frames = link.frames();
  let asked = 0;
  const request = async (name: string, payload: unknown): Promise<unknown> => {
    await link.send(encodeFrame('cbor', { id: ++asked, request: name, payload }));
    const frame = decodeServerFrame('cbor', (await frames.next()).value!);
    if (!('reply' in frame)) throw new Error(`${name}: ${JSON.stringify(frame)}`);
    return frame.reply;
  };
  const { challenge } = (await request('hello', { versions: [1] })) as { challenge: Uint8Array };
  let version = Date.now();
  return {
    id: identity.id,
    async announce(fields) {
      const body = serverRecordBody({
        network: 'parley',
        server: identity.id,
        version: ++version,
        expiresAt: Date.now() + limits.serverRecordMs,
        name: null,
        addresses: [],
        relays: [],
        features: [],
        ...fields,
      });
      const record = sealServerRecord(body, identity.sign(body));
      await request('announce', { record, proof: identity.sign(directoryProof(challenge, record)) });
    },
    async leave() {
      link.close('going-away');
      await link.closed;
    },
  };
}
