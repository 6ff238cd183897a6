import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseError, type Group } from './database.ts';
import { Packer, Unpacker } from './sqlite-parcel.ts';

const groups: Group[] = [
  {
    guard: { sql: 'UPDATE a', args: [1, 2n ** 60n] },
    statements: [
      {
        sql: 'INSERT a',
        rows: [
          [1, 'x', null],
          [2, '', Uint8Array.of(1, 2, 3)],
        ],
      },
      { sql: 'DELETE a', rows: [[]] },
      { sql: 'nothing', rows: [] },
    ],
  },
  { statements: [] },
  { statements: [{ sql: 'INSERT a', rows: [[new Uint8Array(0), 'y', new Uint8Array(40_000).fill(7)]] }] },
];

describe('a parcel', () => {
  it('brings what was packed, and each text once', () => {
    const packer = new Packer();
    const unpacker = new Unpacker();
    for (let i = 0; i < 3; i++) {
      const { parcel, transfer } = packer.pack(groups);
      const sent = structuredClone(parcel, { transfer });
      assert.deepEqual(unpacker.unpack(sent), groups);
      assert.equal(parcel.others.includes('INSERT a'), i === 0);
    }
  });

  it('keeps both ends in step when something cannot be packed', () => {
    const packer = new Packer();
    const unpacker = new Unpacker();
    const bad = [undefined, Symbol.iterator, {}] as unknown as null[];
    for (const value of bad)
      assert.throws(() => packer.pack([{ statements: [{ sql: 'new', rows: [[value]] }] }]), DatabaseError);
    assert.throws(() => packer.pack([{ statements: [{ sql: 'new', rows: [[1], [1, 2]] }] }]), DatabaseError);
    assert.deepEqual(unpacker.unpack(packer.pack(groups).parcel), groups);
  });

  it('sends the text along where it remembers no more of them', () => {
    const packer = new Packer();
    const unpacker = new Unpacker();
    for (const _ of [1, 2]) {
      for (let i = 0; i < 1_100; i++) {
        const one = [{ statements: [{ sql: `text ${i}`, rows: [[i]] }] }];
        assert.deepEqual(unpacker.unpack(packer.pack(one).parcel), one);
      }
    }
  });
});
