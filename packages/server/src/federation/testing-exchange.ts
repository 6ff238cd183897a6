/** Questions and frames of any size between the servers of a TestNetwork. For tests. */
import { type FramePayload, federation, question } from '@parley/protocol';
import type { AskOptions } from './asks.ts';
import type { FrameOptions } from './priority.ts';
import type { TestPeer } from './testing-network.ts';

const number = federation.ping.payload;
/** Asks for a number by a number. */
export const testQuestions = { double: question({ about: 'Twice as much.', payload: number, reply: number }) };

/** Peers with {@link testQuestions} in place of the protocol's. */
export interface TestExchange {
  ask(server: string, question: 'double', payload: { n: number }, options: AskOptions): Promise<{ n: number }>;
  onAsk(question: 'double', handler: (from: string, payload: { n: number }) => Promise<{ n: number }>): void;
}

export const exchangeOf = ({ peers }: TestPeer): TestExchange => peers as unknown as TestExchange;

type Labelled = FramePayload<'record'> & { label: string; pad: Uint8Array };

/** The payload of a frame `record` that holds nothing but a label and so many bytes. */
export const labelled = (label: string, bytes: number): FramePayload<'record'> =>
  ({ records: [], label, pad: new Uint8Array(bytes) }) as Labelled;

/** Sends such a frame; false when there is no room. */
export const say = (from: TestPeer, to: TestPeer, label: string, bytes: number, options: FrameOptions): boolean =>
  from.peers.send(to.id, 'record', labelled(label, bytes), options);

/** Calls it with the label of every such frame. */
export function whenTold(
  { peers }: TestPeer,
  told: (label: string, from: string) => void | Promise<void>,
  flow?: (label: string) => string,
): void {
  const options = flow && { flow: (payload: FramePayload<'record'>) => flow((payload as Labelled).label) };
  peers.onFrame('record', (from, payload) => told((payload as Labelled).label, from), options);
}
