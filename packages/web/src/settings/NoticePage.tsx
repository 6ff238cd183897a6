/** Saying something to everybody on the server, for those who run it. */
import { limits } from '@parley/protocol';
import { useId, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { Button } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { FormError } from '../ui/Field.tsx';
import { ago, countOf, fullTime } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import { useSubmit } from '../ui/useSubmit.ts';
import type { PageProps } from './page.ts';
import styles from './Settings.module.css';

export function NoticePage({ client }: PageProps) {
  const { toasts } = useServices();
  const notice = useReadable(client.notice);
  const [text, setText] = useState('');
  const [leaving, setLeaving] = useState<number>();
  const id = useId();
  const left = limits.notice - text.length;
  const form = useSubmit(async () => {
    await client.request('notice.set', { text });
    setText('');
  });
  const withdraw = (at: number) => {
    setLeaving(at);
    toasts.show({
      text: 'The notice is withdrawn',
      undo: () => setLeaving(undefined),
      commit: () =>
        client.request('notice.withdraw', {}).catch((error: unknown) => {
          setLeaving(undefined);
          toasts.show({ text: explain(error), tone: 'bad' });
        }),
    });
  };
  return (
    <>
      <section>
        <div className={styles.head}>
          <h2>The notice that stands</h2>
        </div>
        {notice && notice.at !== leaving ? (
          <div className={styles.notice}>
            <p>{notice.text}</p>
            <p className="meta">
              <time title={fullTime(notice.at)}>since {ago(notice.at, Date.now())}</time>
            </p>
            <Button onClick={() => withdraw(notice.at)}>Withdraw</Button>
          </div>
        ) : (
          <p className={styles.none}>None.</p>
        )}
      </section>
      <section>
        <div className={styles.head}>
          <h2>{notice ? 'Another one in its place' : 'A new one'}</h2>
        </div>
        <p className={styles.about}>
          Everybody who is signed in sees it at once, and who signs in while it stands; guests too. It stays until it is
          withdrawn or another takes its place, and each person may put it away for themselves.
        </p>
        <form className={styles.form} onSubmit={form.onSubmit}>
          <div className={styles.area}>
            <label htmlFor={id}>What everybody should know</label>
            <textarea
              id={id}
              rows={3}
              dir="auto"
              required
              value={text}
              aria-describedby={`${id}-note`}
              onChange={(event) => setText(event.target.value)}
            />
            <p id={`${id}-note`} className="meta">
              {left < 0 ? `${countOf(-left)} letters too many` : 'One to three sentences'}
            </p>
          </div>
          <FormError>{form.rest()}</FormError>
          <Button type="submit" look="primary" busy={form.busy} disabled={text.trim() === '' || left < 0}>
            Show it to everybody
          </Button>
        </form>
      </section>
    </>
  );
}
