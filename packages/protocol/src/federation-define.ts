/** What a frame and a question between servers are: each is one value, as requests of clients are. */
import type { Infer, Schema } from './field.ts';

/** Says something and expects no answer. */
export interface FrameType<P = unknown> {
  kind: 'frame';
  about: string;
  from: 'server';
  payload: Schema<P>;
}

/** Asks for one reply; travels in the frames `ask` and `answer`. */
export interface QuestionType<P = unknown, R = unknown> {
  kind: 'question';
  about: string;
  from: 'server';
  payload: Schema<P>;
  reply: Schema<R>;
}

export function frame<P extends Schema<unknown>>(definition: { about: string; payload: P }): FrameType<Infer<P>> {
  return { kind: 'frame', from: 'server', about: definition.about, payload: definition.payload as Schema<Infer<P>> };
}

export function question<P extends Schema<unknown>, R extends Schema<unknown>>(definition: {
  about: string;
  payload: P;
  reply: R;
}): QuestionType<Infer<P>, Infer<R>> {
  const { about, payload, reply } = definition;
  return {
    kind: 'question',
    from: 'server',
    about,
    payload: payload as Schema<Infer<P>>,
    reply: reply as Schema<Infer<R>>,
  };
}
