import type { ErrorCode } from '@parley/protocol';
import { type FormEvent, useState } from 'react';
import { codeOf, explain } from './explain.ts';

export interface Submit {
  busy: boolean;
  error: { code: ErrorCode | undefined; text: string } | undefined;
  onSubmit(event: FormEvent<HTMLFormElement>): void;
  /** The error when it has one of these codes: to show it beside its field. */
  errorOf(...codes: ErrorCode[]): string | undefined;
  /** The error when no field shows it. */
  rest(...codes: ErrorCode[]): string | undefined;
}

/** Runs `act` with what the form holds; one at a time; what it throws becomes words. */
export function useSubmit(
  act: (form: FormData) => Promise<unknown>,
  special?: Partial<Record<ErrorCode, string>>,
): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Submit['error']>();
  const run = async (form: FormData) => {
    setBusy(true);
    setError(undefined);
    try {
      await act(form);
    } catch (thrown) {
      setError({ code: codeOf(thrown), text: explain(thrown, special) });
    } finally {
      setBusy(false);
    }
  };
  const has = (codes: ErrorCode[]) => error?.code !== undefined && codes.includes(error.code);
  return {
    busy,
    error,
    onSubmit(event) {
      event.preventDefault();
      if (!busy) void run(new FormData(event.currentTarget));
    },
    errorOf: (...codes) => (has(codes) ? error?.text : undefined),
    rest: (...codes) => (has(codes) ? undefined : error?.text),
  };
}

/** A field of a form as trimmed text; empty when it is missing. */
export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();
