/** Shows the notes of `service/toasts.ts` with Base UI's toasts: they wait while pointed at, can be swiped, F6 reaches them. */
import { Toast } from '@base-ui/react/toast';
import X from 'lucide-react/icons/x';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useKey, useServices } from '../../service/services.tsx';
import type { Toast as Note } from '../../service/toasts.ts';
import { Button, IconButton } from '../Button.tsx';
import styles from './ToastLayer.module.css';

const lastsMs = 6_000;

export function ToastLayer() {
  return (
    <Toast.Provider timeout={lastsMs} limit={3}>
      <Bridge />
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <Shown />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

/** Hands our notes to Base UI and tells us when it closes one. */
function Bridge() {
  const { toasts } = useServices();
  const notes = useSyncExternalStore(toasts.subscribe, toasts.get);
  const manager = Toast.useToastManager<Note>();
  const held = useRef(new Map<number, string>());
  useEffect(() => {
    for (const note of notes)
      if (!held.current.has(note.id)) {
        const timeout = note.lastsMs === Number.POSITIVE_INFINITY ? 0 : (note.lastsMs ?? lastsMs);
        const priority = note.tone === 'bad' ? 'high' : 'low';
        const close = () => toasts.close(note.id);
        held.current.set(note.id, manager.add({ title: note.text, data: note, timeout, priority, onClose: close }));
      }
    for (const [id, shown] of held.current)
      if (!notes.some((note) => note.id === id)) {
        held.current.delete(id);
        manager.close(shown);
      }
  }, [notes, manager, toasts]);
  const last = notes.findLast((note) => note.undo);
  useKey('mod+z', () => last && toasts.close(last.id, true), {
    enabled: last !== undefined,
    about: 'Undo',
    group: 'Anywhere',
  });
  return null;
}

function Shown() {
  const { toasts } = useServices();
  const manager = Toast.useToastManager<Note>();
  return manager.toasts.map((toast) => {
    const note = toast.data;
    return (
      <Toast.Root key={toast.id} toast={toast} className={styles.toast}>
        <Toast.Content className={`${styles.content} ${note?.tone === 'bad' ? styles.bad : ''}`}>
          <Toast.Title className={styles.text} render={<p />} />
          {note?.undo && (
            <Button look="ghost" size="sm" className={styles.act} onClick={() => toasts.close(note.id, true)}>
              Undo
            </Button>
          )}
          {note?.action && (
            <Button
              look="ghost"
              size="sm"
              className={styles.act}
              onClick={() => {
                note.action?.run();
                toasts.close(note.id);
              }}
            >
              {note.action.label}
            </Button>
          )}
          <Toast.Close
            render={
              <IconButton label="Close note">
                <X />
              </IconButton>
            }
            className={styles.close}
          />
        </Toast.Content>
      </Toast.Root>
    );
  });
}
