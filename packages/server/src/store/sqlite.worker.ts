// The thread that writes: an fsync must not stop the event loop. One message is one unit of work; they are answered in
// the order in which they came.
import { parentPort, workerData } from 'node:worker_threads';
import { databaseError } from './sqlite-error.ts';
import { openFile } from './sqlite-file.ts';
import { Unpacker } from './sqlite-parcel.ts';
import type { Answer, Order } from './sqlite-writer.ts';

const port = parentPort;
if (port === null) throw new Error('this file is a worker');

function answer(message: Answer): void {
  port?.postMessage(message);
}

function failure(id: number, error: unknown): Answer {
  // Only the message of an error survives the way to another thread.
  const { kind, message } = databaseError(error);
  return { id, failed: { kind, message } };
}

try {
  const handle = openFile(workerData as string);
  const unpacker = new Unpacker();
  port.on('message', (order: Order) => {
    try {
      if (order.work === 'close') {
        handle.close();
        answer({ id: order.id, done: [] });
      } else if (order.work === 'run') {
        answer({ id: order.id, done: handle.run(order.sql, order.args) });
      } else {
        answer({ id: order.id, done: handle.transaction(unpacker.unpack(order.parcel)) });
      }
    } catch (error) {
      answer(failure(order.id, error));
    }
  });
  answer({ id: 0, done: [] });
} catch (error) {
  answer(failure(0, error));
}
