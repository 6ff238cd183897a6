/** A server by hand, which says what it likes over a link that is properly its own. For tests. */
import {
  decodeFederationFrame,
  encodeFederationFrame,
  type FederationFrame,
  type FramePayload,
} from '@parley/protocol';
import { identityFromSeed } from '../identity.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { decodePiece, encodePiece } from './pieces.ts';
import type { Priority } from './priority.ts';
import { type FrameLink, newStaticKey, type SecureLinkOptions, secureDialled } from './secure-link.ts';
import type { TestNetwork, TestPeer } from './testing-network.ts';

export const strangersHello: FramePayload<'hello'> = { versions: [1], name: 'stranger.example', features: [] };

export interface Arrived {
  readonly priority: Priority | undefined;
  /** Undefined for one of many pieces. */
  readonly frame: FederationFrame | undefined;
}

export class Stranger {
  readonly link: FrameLink;
  /** What came, as far as it was read. */
  readonly heard: Arrived[] = [];

  constructor(link: FrameLink) {
    this.link = link;
  }

  /** Sends a frame in one piece; without a priority as one of the link's own. */
  async say(bytes: Uint8Array, priority?: Priority, isAnswer = false): Promise<void> {
    await this.link.send(encodePiece({ priority, isAnswer, hasMore: false, bytes })).catch(() => {});
  }

  hello(): Promise<void> {
    return this.say(encodeFederationFrame('hello', strangersHello));
  }

  /** Reads all that comes from now on into `heard`. */
  async listen(): Promise<void> {
    for await (const encoded of this.link.frames()) {
      const { priority, hasMore, bytes } = decodePiece(encoded);
      this.heard.push({ priority, frame: hasMore ? undefined : decodeFederationFrame(bytes) });
    }
  }

  names(): (string | undefined)[] {
    return this.heard.map(({ frame }) => frame?.frame);
  }
}

export function strangersKey(seed: number): SecureLinkOptions {
  const runtime = createVirtualRuntime(seed);
  const identity = identityFromSeed(new Uint8Array(32).fill(seed));
  return { identity, network: 'test', runtime, staticKey: newStaticKey(runtime) };
}

/** A stranger who dialled a server and has not said hello. */
export async function strangerAt(network: TestNetwork, server: TestPeer, seed = 50): Promise<Stranger> {
  const link = await network.links.dial(`s${seed}`, { host: new URL(server.url).hostname, port: 1 })();
  return new Stranger((await network.done(secureDialled(link, strangersKey(seed)))).link);
}
