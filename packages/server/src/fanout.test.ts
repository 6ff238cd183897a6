import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFrame } from '@parley/protocol';
import { Fanout } from './fanout.ts';
import { Reader } from './reader.ts';
import { createVirtualRuntime } from './runtime-virtual.ts';
import { RecordingLink } from './testing-link.ts';

interface Tick {
  event: string;
  payload: number;
}
const tick = (payload: number): Tick => ({ event: 'tick', payload });
const ticks = (from: number, count: number): Tick[] => Array.from({ length: count }, (_, i) => tick(from + i));

function make() {
  const runtime = createVirtualRuntime();
  let encoded = 0;
  const fanout = new Fanout<Tick>(runtime, (encoding, event) => {
    encoded += 1;
    return encodeFrame(encoding, event);
  });
  const follow = (link = new RecordingLink()) => {
    const reader = new Reader(link, 1_000_000, () => assert.fail('too slow'));
    fanout.add('a', reader);
    return { link, reader };
  };
  return { runtime, fanout, follow, encoded: () => encoded };
}

describe('the fan-out', () => {
  it('encodes once for each shape and gives all of a shape the same bytes', () => {
    const { runtime, fanout, follow, encoded } = make();
    const cbor = [follow(), follow(), follow()];
    const json = [follow(new RecordingLink('json')), follow(new RecordingLink('json'))];
    const text = follow(new RecordingLink('json', 'websocket-text'));
    fanout.publish('a', ticks(1, 5));
    runtime.advance(0);
    assert.equal(encoded(), 15);
    for (const { link } of cbor) assert.equal(link.writes[0], cbor[0]!.link.writes[0]);
    assert.equal(json[0]!.link.writes[0], json[1]!.link.writes[0]);
    assert.notEqual(text.link.writes[0], json[0]!.link.writes[0]);
    assert.deepEqual(cbor[1]!.link.heard, [1, 2, 3, 4, 5]);
  });

  it('writes once for all that came in one turn, at its end', () => {
    const { runtime, fanout, follow } = make();
    const { link } = follow();
    fanout.publish('a', [tick(1)]);
    fanout.publish('a', [tick(2), tick(3)]);
    assert.equal(link.writes.length, 0);
    runtime.advance(0);
    assert.equal(link.writes.length, 1);
    assert.deepEqual(link.heard, [1, 2, 3]);
  });

  it('waits for more where a room is busy, and not where it is quiet again', () => {
    const { runtime, fanout, follow } = make();
    const { link } = follow();
    fanout.publish('a', ticks(1, 4));
    runtime.advance(0);
    assert.equal(link.writes.length, 1);
    fanout.publish('a', [tick(5)]);
    runtime.advance(9);
    fanout.publish('a', [tick(6)]);
    assert.equal(link.writes.length, 1, 'it was busy, so the window is open');
    runtime.advance(1);
    assert.equal(link.writes.length, 2);
    runtime.advance(19);
    fanout.publish('a', [tick(7)]);
    runtime.advance(0);
    assert.equal(link.writes.length, 3, 'two came in the last window: it is quiet');
    fanout.publish('a', ticks(8, 9));
    runtime.advance(0);
    runtime.advance(1_000);
    fanout.publish('a', [tick(17)]);
    runtime.advance(0);
    assert.equal(link.writes.length, 5, 'it was busy long ago');
    assert.deepEqual(
      link.heard,
      Array.from({ length: 17 }, (_, i) => i + 1),
    );
  });

  it('writes to many readers a window apart, and to the first of them at once after a rest', () => {
    const { runtime, fanout, follow } = make();
    const many = Array.from({ length: 100 }, () => follow());
    const { link } = many[0]!;
    fanout.publish('a', [tick(1)]);
    runtime.advance(0);
    assert.equal(link.writes.length, 1);
    runtime.advance(3);
    fanout.publish('a', [tick(2)]);
    runtime.advance(2);
    fanout.publish('a', [tick(3)]);
    runtime.advance(4);
    assert.equal(link.writes.length, 1, 'a hundred writes are worth a wait');
    runtime.advance(1);
    assert.equal(link.writes.length, 2);
    runtime.advance(6);
    fanout.publish('a', [tick(4)]);
    runtime.advance(0);
    assert.equal(link.writes.length, 3, 'most of the rest was over already');
    assert.deepEqual(link.heard, [1, 2, 3, 4]);
    assert.equal(fanout.restMs('a'), 10);
    assert.equal(fanout.restMs('b'), 0);
  });

  it('gives a new reader nothing from before, and one that goes all of it', () => {
    const { runtime, fanout, follow } = make();
    const old = follow();
    fanout.publish('a', [tick(1)]);
    const late = follow();
    fanout.publish('a', [tick(2)]);
    fanout.remove('a', old.reader);
    fanout.publish('a', [tick(3)]);
    runtime.advance(0);
    assert.deepEqual(old.link.heard, [1, 2]);
    assert.deepEqual(late.link.heard, [2, 3]);
  });

  it('counts how often a reader was added, and writes to it once', () => {
    const { runtime, fanout, follow } = make();
    const { link, reader } = follow();
    fanout.add('a', reader);
    fanout.publish('a', [tick(1)]);
    fanout.remove('a', reader);
    fanout.publish('a', [tick(2)]);
    fanout.remove('a', reader);
    fanout.remove('a', reader);
    fanout.publish('a', [tick(3)]);
    runtime.advance(100);
    assert.deepEqual(link.heard, [1, 2]);
  });

  it('keeps rooms apart, and nothing of a room that nobody follows', () => {
    const { runtime, fanout, follow } = make();
    const { link, reader } = follow();
    fanout.publish('b', [tick(1)]);
    fanout.remove('a', reader);
    fanout.publish('a', ticks(1, 9));
    assert.equal(runtime.timers, 0);
    runtime.advance(100);
    assert.deepEqual(link.writes, []);
  });
});

describe('a reader', () => {
  const bytes = (length: number): Uint8Array => new Uint8Array(length);
  function make(budget: number) {
    const link = new RecordingLink();
    let slow = 0;
    const reader = new Reader(link, budget, () => {
      slow += 1;
      reader.close();
    });
    return { link, reader, slow: () => slow };
  }

  it('that does not keep up is told once and gets no more', () => {
    const { link, reader, slow } = make(100);
    reader.deliver(bytes(60));
    link.buffered = 101;
    reader.deliver(bytes(1));
    reader.deliver(bytes(1));
    link.buffered = 0;
    reader.deliver(bytes(1));
    assert.deepEqual([link.writes.length, slow()], [1, 1]);
  });

  it('that keeps up takes however much comes at once', () => {
    const { link, reader, slow } = make(100);
    reader.deliver(bytes(5_000));
    assert.deepEqual([link.writes.length, slow()], [1, 0]);
  });

  it('holds back until every hold is released, then gives all in order', () => {
    const { link, reader } = make(100);
    reader.hold();
    reader.hold();
    reader.deliver(bytes(1));
    reader.release();
    reader.deliver(bytes(2));
    assert.equal(link.writes.length, 0);
    reader.release();
    reader.deliver(bytes(3));
    assert.deepEqual(
      link.writes.map(({ length }) => length),
      [1, 2, 3],
    );
  });

  it('is too slow when too much is held back', () => {
    const { link, reader, slow } = make(100);
    reader.hold();
    reader.deliver(bytes(101));
    reader.deliver(bytes(1));
    reader.release();
    assert.deepEqual([link.writes.length, slow()], [0, 1]);
  });

  it('that is closed is never written', () => {
    const { link, reader } = make(100);
    reader.hold();
    reader.deliver(bytes(1));
    reader.close();
    reader.deliver(bytes(1));
    reader.release();
    reader.hold();
    reader.deliver(bytes(1));
    reader.release();
    assert.deepEqual(link.writes, []);
  });
});
