// npm run bench -- [names…] [--rounds 3] [--seconds 3] [--targets ws,socket-io] [--readers 100,1000]
//   [--rates saturated,200] [--entries 220000,1000000]
import { parseArgs } from 'node:util';
import { type Benchmark, keep, machine, printed } from './benchmark.ts';
import { fanout } from './fanout.ts';
import { federation } from './federation.ts';
import { history } from './history.ts';
import { hostile } from './hostile.ts';
import { web } from './web.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = { fanout, federation, history, hostile, web };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    targets: { type: 'string', default: '' },
    readers: { type: 'string', default: '' },
    rates: { type: 'string', default: '' },
    entries: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

const list = (text: string) => text.split(',').filter((part) => part !== '');

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 10_000_000)) throw new Error(`not a number from 1 to 10000000: ${text}`);
  return number;
}

async function main(): Promise<void> {
  const names = positionals.length > 0 ? positionals : ['fanout'];
  const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name));
  if (values.help || unknown.length > 0) {
    for (const name of unknown) console.error(`no benchmark is named ${name}`);
    for (const [name, { about }] of Object.entries(benchmarks)) console.log(`${name}: ${about}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const options = {
    rounds: positive(values.rounds),
    seconds: positive(values.seconds),
    targets: list(values.targets),
    readers: list(values.readers).map(positive),
    rates: list(values.rates).map((rate) => (rate === 'saturated' ? rate : positive(rate))),
    entries: list(values.entries).map(positive),
  };
  console.log(machine());
  for (const name of names) {
    const report = await benchmarks[name]!.run(options);
    console.log(`\n${printed(report)}\n\nkept in ${keep(name, report)}`);
  }
}

await main();
