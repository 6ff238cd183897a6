// What a subcommand of the benchmark is, and how its report is printed and kept.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BenchmarkOptions {
  rounds: number;
  seconds: number;
  /** empty: all */
  targets: string[];
  /** empty: the benchmark's own choice */
  readers: number[];
  /** messages a second; all that a benchmark has when empty */
  rates: ('saturated' | number)[];
  /** of a room's log; empty: the benchmark's own choice */
  entries: number[];
}

export interface Report {
  /** what was done: counts, rates, bytes, durability */
  notes: string[];
  columns: string[];
  rows: string[][];
  /** every single measurement, for the JSON file */
  data: unknown;
}

export interface Benchmark {
  about: string;
  run(options: BenchmarkOptions): Promise<Report>;
}

/** The middle value; of an even number of values the lower middle one. NaN for none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

export function machine(): string {
  const [cpu] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} × ${cpu?.model.trim()}, ${gib} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
}

/** The report as lines of text: notes, then a table whose first column is left-aligned. */
export function printed(report: Report): string {
  const all = [report.columns, ...report.rows];
  const widths = report.columns.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [...report.notes, '', line(report.columns), rule, ...report.rows.map(line)].join('\n');
}

/** Writes the report to `.cache/bench/` and returns the file's path. */
export function keep(name: string, report: Report): string {
  const folder = fileURLToPath(new URL('../.cache/bench/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = join(folder, `${name}-${at.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ name, at, machine: machine(), ...report }, null, 2)}\n`);
  return file;
}
