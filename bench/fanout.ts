// Fan-out: one sender, many readers, one room. The stable figure is the server's CPU time per delivery; throughput and
// p99 swing with whatever else the machine does, so targets take turns within each round and medians are quoted.
import { type Benchmark, type BenchmarkOptions, median, type Report } from './benchmark.ts';
import type { Load } from './load.ts';
import { type Measurement, measure } from './measure.ts';
import type { Target } from './target.ts';
import { targetsNamed } from './targets/all.ts';

const bytes = 100;
const window = 256;
const allRates: readonly Load['rate'][] = ['saturated', 200];
const maxMessages = 10_000_000;
// A generator that is this busy may be what limits the figures.
const busyShare = 0.95;

interface Scenario {
  readers: number;
  rate: Load['rate'];
}
interface Row extends Scenario {
  target: string;
  rounds: Measurement[];
}

const cpuPerMillion = ({ serverCpuUs, deliveries }: Measurement) => serverCpuUs / deliveries;
const loadShare = ({ loadCpuUs, elapsedMs }: Measurement) => loadCpuUs / 1000 / elapsedMs;

async function runRounds(targets: readonly Target[], scenarios: Scenario[], options: BenchmarkOptions): Promise<Row[]> {
  const rows: Row[] = scenarios.flatMap((scenario) =>
    targets.map(({ name }) => ({ ...scenario, target: name, rounds: [] })),
  );
  for (let round = 0; round < options.rounds; round++) {
    for (const row of rows) {
      const target = targets.find(({ name }) => name === row.target)!;
      const load: Load = { rate: row.rate, window, durationMs: options.seconds * 1000, maxMessages, bytes };
      const measured = await measure(target, row.readers, load);
      row.rounds.push(measured);
      const found = `${cpuPerMillion(measured).toFixed(2)} CPU s/1M, ${measured.deliveries} deliveries`;
      console.error(`round ${round + 1}: ${row.target}, ${row.readers} readers, ${row.rate}: ${found}`);
    }
  }
  return rows;
}

function cells(row: Row, rows: Row[]): string[] {
  const of = (figure: (round: Measurement) => number, among = row) => median(among.rounds.map(figure));
  const ratio = (name: string) => {
    const rival = rows.find((each) => each.target === name && each.readers === row.readers && each.rate === row.rate);
    return rival ? `${(of(cpuPerMillion, rival) / of(cpuPerMillion)).toFixed(2)}x` : '–';
  };
  const seconds = ({ elapsedMs }: Measurement) => elapsedMs / 1000;
  const share = of(loadShare);
  const wrong = row.rounds.reduce((sum, { lost, disordered }) => sum + lost + disordered, 0);
  return [
    row.target,
    String(row.readers),
    row.rate === 'saturated' ? row.rate : `${row.rate}/s`,
    of(cpuPerMillion).toFixed(2),
    ratio('ws'),
    ratio('ws-stored'),
    of(({ p50Ms }) => p50Ms).toFixed(2),
    of(({ p99Ms }) => p99Ms).toFixed(2),
    of((round) => round.deliveries / seconds(round)).toFixed(0),
    of((round) => round.sent / seconds(round)).toFixed(0),
    `${(of((round) => round.serverCpuUs / 1e6 / seconds(round)) * 100).toFixed(0)}%`,
    `${(share * 100).toFixed(0)}%${share > busyShare ? '!' : ''}`,
    (of(({ rssBytes }) => rssBytes) / 2 ** 20).toFixed(0),
    String(wrong),
  ];
}

async function run(options: BenchmarkOptions): Promise<Report> {
  const targets = targetsNamed(options.targets);
  const sizes = options.readers.length > 0 ? options.readers : [100, 1000];
  const rates = options.rates.length > 0 ? options.rates : allRates;
  const scenarios = sizes.flatMap((readers) => rates.map((rate) => ({ readers, rate })));
  const rows = await runRounds(targets, scenarios, options);
  return {
    notes: [
      `fan-out: one sender, ${bytes} bytes of text a message, loopback, at most ${window} messages under way`,
      `${options.rounds} rounds of ${options.seconds} s after 8 s of warm-up at saturation, targets interleaved, medians`,
      'CPU: user + system time of the server process; less: how many times less than ws, than ws-stored',
      'latency: from send to delivery, every delivery counted; generator: its CPU, ! where it may be the limit',
      ...targets.map(({ name, about }) => `${name}: ${about}`),
    ],
    columns: [
      'target',
      'readers',
      'load',
      'CPU s/1M',
      'less: ws',
      'stored',
      'p50 ms',
      'p99 ms',
      'deliveries/s',
      'msg/s',
      'server',
      'generator',
      'RSS MiB',
      'wrong',
    ],
    rows: rows.map((row) => cells(row, rows)),
    data: rows,
  };
}

export const fanout: Benchmark = { about: 'CPU, latency and throughput of one room with many readers', run };
