import type { ChildProcess, SpawnOptions } from 'node:child_process';

export const root: string;
export function installRecord(lockText: string | Uint8Array, platform?: string, arch?: string): string;
export function isInstalled(folder: string): boolean;
export function runtimePath(folder: string, platform?: string, arch?: string): string | undefined;
export function exitCode(code: number | null, signal: NodeJS.Signals | null): number;
export function userFolder(folder: string, environment?: NodeJS.ProcessEnv, current?: string): string;
export function run(
  command: string,
  args: readonly string[],
  options?: SpawnOptions & { onChild?: (child: ChildProcess) => void },
): Promise<number>;
export function takeLock(folder: string, isWanted?: () => boolean): Promise<() => void>;
export function install(folder?: string): Promise<void>;
export function launch(script: string, args: readonly string[], folder?: string): Promise<void>;
