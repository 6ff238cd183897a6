/** Everything for programs in other languages: JSON-RPC over stdin and stdout. */
import { exits, Failure } from '../exit.ts';
import { answerLine, notification } from '../rpc/json-rpc.ts';
import { LineTooLong, linesOf } from '../rpc/lines.ts';
import { methodsOf } from '../rpc/methods.ts';
import { withServer } from '../session/connect.ts';
import { write } from '../shell.ts';
import { command } from './command.ts';

/** A request holds a message at most. */
const maxLineLength = 262_144;
/** Requests under way; more wait in the pipe. */
const maxAtOnce = 64;

export const rpc = command({
  name: 'rpc',
  group: 'Messages',
  about: 'Speaks JSON-RPC 2.0 on stdin and stdout, one object a line, until stdin ends.',
  details: `Methods: whoami, rooms, join {room}, leave {room}, send {room, text, replyTo?, clientId?}, react {room, message, emoji},
history {room, before? | after?, limit?}, subscribe {room, since?}, unsubscribe {room}.
A subscription sends notifications: entry, with an object of tail --json; status, when the connection comes and goes.`,
  examples: [`echo '{"jsonrpc":"2.0","id":1,"method":"rooms"}' | parley rpc`],
  arguments: [],
  options: {},
  async run(context) {
    const { shell } = context;
    await withServer(context, { as: 'account', deadline: 'connection' }, async (connected) => {
      const say = (line: string) => write(shell, `${line}\n`);
      const methods = methodsOf(connected, (entry) => say(notification('entry', entry)));
      const stop = connected.client.status.subscribe(() => {
        const { state } = connected.client.status.get();
        say(notification('status', { state })).catch(() => {});
      });
      const running = new Set<Promise<void>>();
      let fault: { error: unknown } | undefined;
      try {
        for await (const line of linesOf(shell.stdin, maxLineLength)) {
          if (fault) break;
          if (line.trim() === '') continue;
          const answered = answer(line, methods, say).catch((error: unknown) => {
            fault ??= { error };
          });
          running.add(answered);
          void answered.then(() => running.delete(answered));
          if (running.size >= maxAtOnce) await Promise.race(running);
        }
        await Promise.all(running);
      } catch (error) {
        if (!(error instanceof LineTooLong)) throw error;
        throw new Failure(exits.failure, 'too-large', `a line has more than ${maxLineLength} characters`);
      } finally {
        stop();
      }
      if (fault) throw fault.error;
    });
  },
});

async function answer(
  line: string,
  methods: Parameters<typeof answerLine>[1],
  say: (line: string) => Promise<void>,
): Promise<void> {
  const text = await answerLine(line, methods);
  if (text !== undefined) await say(text);
}
