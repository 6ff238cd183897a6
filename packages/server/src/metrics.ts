/**
 * What a server counts, as Prometheus reads it (text format 0.0.4). Of other servers it names the ids; of people, rooms
 * and texts it says nothing.
 */
import type { PeerView } from '@parley/protocol';
import type { Channels } from './channel.ts';
import type { Oversight } from './federation/oversight.ts';
import type { Peers } from './federation/peers.ts';
import type { Histogram } from './histogram.ts';
import type { Hub } from './hub.ts';
import type { Measures } from './measures.ts';
import type { Runtime } from './runtime.ts';

export interface MetricsOptions {
  readonly hub: Pick<Hub, 'all'>;
  readonly peers: Pick<Peers, 'list' | 'refused'>;
  readonly channels: Channels;
  readonly oversight: Pick<Oversight, 'totals'>;
  readonly runtime: Pick<Runtime, 'now'>;
  /** What is measured, where anything is. */
  readonly measures?: Measures | undefined;
}

type Labels = Readonly<Record<string, string>>;
/** `suffix`: one of the series of a histogram. */
type Sample = readonly [value: number, labels?: Labels, suffix?: string];
interface Metric {
  name: string;
  type: 'gauge' | 'counter' | 'histogram';
  help: string;
  samples: readonly Sample[];
}

export class Metrics {
  readonly #options: MetricsOptions;
  #appended = 0;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  /** So many entries are on disk. */
  appended(entries: number): void {
    this.#appended += entries;
  }

  /** All of them, as they stand now. */
  async text(): Promise<string> {
    const { hub, peers, channels } = this.#options;
    let connections = 0;
    for (const _session of hub.all) connections += 1;
    const metrics: Metric[] = [
      gauge('connections', 'Connections of clients.', [[connections]]),
      counter('entries_appended_total', 'Entries that were stored since the start.', [[this.#appended]]),
      ...linkMetrics(peers.list()),
      gauge('channels', 'Ephemeral channels to which somebody here listens.', [[channels.count]]),
      counter(
        'channel_words_dropped_total',
        'Words of other servers that went no further, by the reason.',
        Object.entries(channels.links.dropped).map(([reason, times]) => [times, { reason }]),
      ),
      ...(await this.#rooms()),
      ...(this.#options.measures ? measured(this.#options.measures) : []),
    ];
    return metrics.map(textOf).join('');
  }

  async #rooms(): Promise<Metric[]> {
    const { oversight, runtime } = this.#options;
    const { outbox, feeds, troubles } = await oversight.totals();
    const oldest = outbox.oldestAt === undefined ? 0 : Math.max(0, runtime.now() - outbox.oldestAt) / 1_000;
    return [
      gauge('outbox_acts', 'Acts that wait for the clerks of rooms.', [[outbox.acts]]),
      gauge('outbox_rooms', 'Rooms in which acts wait.', [[outbox.rooms]]),
      gauge('outbox_oldest_seconds', 'How long the oldest of them has waited.', [[oldest]]),
      gauge('feeds', 'Rooms that are fed to other servers, each counted for each server.', [[feeds.feeds]]),
      gauge('feed_entries_under_way', 'Entries that were sent and not said to be held.', [[feeds.entries]]),
      gauge('rooms_still', 'Rooms of other servers that stand still.', [[troubles.still]]),
      counter('entries_forbidden_total', 'Entries that the rules of their rooms forbid.', [[troubles.forbidden]]),
    ];
  }
}

function linkMetrics(peers: readonly PeerView[]): Metric[] {
  const states = ['connected', 'connecting', 'waiting', 'blocked'] as const;
  const linked = peers.filter((peer) => peer.id !== undefined && peer.traffic !== undefined);
  const each = (value: (traffic: NonNullable<PeerView['traffic']>) => number): Sample[] =>
    linked.map(({ id, traffic }) => [value(traffic!), { server: id! }]);
  const queued = (what: 'frames' | 'bytes'): Sample[] =>
    linked.flatMap(({ id, traffic }) =>
      traffic!.queued.map((queue): Sample => [queue[what], { server: id!, priority: queue.priority }]),
    );
  return [
    gauge(
      'peers',
      'Other servers by the state of their link.',
      states.map((state) => [peers.filter((peer) => peer.state === state).length, { state }]),
    ),
    gauge('link_queue_frames', 'Frames that wait to be sent.', queued('frames')),
    gauge('link_queue_bytes', 'Bytes that wait to be sent.', queued('bytes')),
    gauge(
      'link_lag_seconds',
      'How long the oldest of them has waited.',
      each(({ lagMs }) => lagMs / 1_000),
    ),
    gauge(
      'link_round_trip_seconds',
      'The last ping.',
      each(({ roundTripMs = 0 }) => roundTripMs / 1_000),
    ),
    counter(
      'link_received_bytes_total',
      'Of the link that is open.',
      each(({ bytesIn }) => bytesIn),
    ),
    counter(
      'link_sent_bytes_total',
      'Of the link that is open.',
      each(({ bytesOut }) => bytesOut),
    ),
  ];
}

function measured({ loopLag, fanout, database }: Measures): Metric[] {
  return [
    histogram('event_loop_lag_seconds', 'How late the event loop comes to what is due, looked at ten times a second.', [
      [loopLag, {}],
    ]),
    histogram(
      'fanout_seconds',
      'From entries on disk, or a signal, to the write to their last reader here, by the batch.',
      [[fanout, {}]],
    ),
    histogram(
      'database_seconds',
      'From a call of the database to its result, with the wait for those before.',
      Object.entries(database).map(([operation, of]) => [of, { operation }]),
    ),
  ];
}

function histogram(name: string, help: string, all: readonly (readonly [Histogram, Labels])[]): Metric {
  const samples = all.flatMap(([{ bounds, cumulative, sum }, labels]): Sample[] => {
    const counts = cumulative.map((count, i): Sample => {
      return [count, { ...labels, le: i < bounds.length ? String(bounds[i]) : '+Inf' }, '_bucket'];
    });
    return [...counts, [sum, labels, '_sum'], [cumulative.at(-1) ?? 0, labels, '_count']];
  });
  return { name: `parley_${name}`, type: 'histogram', help, samples };
}

type Make = (name: string, help: string, samples: readonly Sample[]) => Metric;
const gauge: Make = (name, help, samples) => ({ name: `parley_${name}`, type: 'gauge', help, samples });
const counter: Make = (name, help, samples) => ({ name: `parley_${name}`, type: 'counter', help, samples });

function textOf({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([value, labels, suffix = '']) => `${name}${suffix}${labelsOf(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** Values are ids, numbers and words of ours: none needs to be escaped. */
function labelsOf(labels: Labels = {}): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return all.length > 0 ? `{${all.join(',')}}` : '';
}
