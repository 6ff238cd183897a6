// What a test run came to: written by the reporter, added up and told by all-tests.

export interface Skip {
  file: string;
  name: string;
  reason: string;
}

export interface Tally {
  passed: number;
  failed: number;
  skips: Skip[];
}

export const NOTHING: Tally = { passed: 0, failed: 0, skips: [] };

/** The sum of several runs. */
export function add(...tallies: Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skips: tallies.flatMap((tally) => tally.skips),
  };
}

/**
 * What a run counts as, from its tally (undefined when it wrote none) and its exit code.
 * A run that died, or ended badly with no test to blame, is one failure.
 */
export function judge(tally: Tally | undefined, exitCode: number): Tally {
  if (tally === undefined) return { ...NOTHING, failed: 1 };
  if (exitCode !== 0 && tally.failed === 0) return { ...tally, failed: 1 };
  return tally;
}

/** The skipped suites, one line each: a reason given by several tests of a file is told once. */
export function skippedLines(skips: readonly Skip[]): string[] {
  const groups = Map.groupBy(skips, (skip) => JSON.stringify([skip.file, skip.reason]));
  return [...groups.values()].map((group) => {
    const { file, name, reason } = group[0]!;
    const what = group.length === 1 ? name : `${group.length} tests`;
    return `${file}: ${what}: ${reason}`;
  });
}

/** The closing summary; its last line stands alone, for programs that read it. */
export function closing(tally: Tally, missingPrograms: readonly string[], durationMs: number): string {
  const lines = [''];
  if (tally.skips.length > 0) lines.push('Skipped:', ...skippedLines(tally.skips).map((line) => `  ${line}`));
  if (missingPrograms.length > 0) lines.push('Not on this machine:', ...missingPrograms.map((line) => `  ${line}`));
  lines.push(`${tally.failed === 0 ? 'Passed' : 'FAILED'} after ${(durationMs / 1000).toFixed(1)} s.`);
  lines.push(`${tally.passed} passed, ${tally.failed} failed, ${tally.skips.length} skipped`, '');
  return lines.join('\n');
}
