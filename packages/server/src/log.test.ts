import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog, type LogLevel, silentLog } from './log.ts';

function logged(level: LogLevel, write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog(level, { write: (line) => void lines.push(line) }));
  return lines.map((line) => {
    assert.equal(line.indexOf('\n'), line.length - 1);
    return JSON.parse(line) as Record<string, unknown>;
  });
}

describe('the log', () => {
  it('writes one JSON line an event, with level, time and fields', () => {
    const [line] = logged('info', (log) => log.info({ room: 'r', lines: 'a\nb' }, 'room opened'));
    const { time, ...rest } = line ?? {};
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, { level: 'info', room: 'r', lines: 'a\nb', msg: 'room opened' });
  });

  it('leaves out what is below its level', () => {
    const write = (log: ReturnType<typeof createLog>): void => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]({}, level);
    };
    assert.deepEqual(
      logged('warn', write).map(({ msg }) => msg),
      ['warn', 'error'],
    );
    assert.equal(logged('silent', write).length, 0);
    write(silentLog);
  });

  it('tells message, stack and cause of an error', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const [line] = logged('error', (log) => log.error({ error }, 'failed'));
    const told = line?.error as { message: string; stack: string };
    assert.match(told.message, /outer.*inner/);
    assert.match(told.stack, /log\.test\.ts/);
  });

  it('blots out secrets that slipped in', () => {
    const [line] = logged('info', (log) => log.info({ token: 't0p', request: { password: 's3cret', room: 'r' } }, 'x'));
    assert.equal(JSON.stringify(line).includes('t0p'), false);
    assert.equal(JSON.stringify(line).includes('s3cret'), false);
    assert.match(JSON.stringify(line), /"room":"r"/);
  });
});
