import { Dialog } from '@base-ui/react/dialog';
import X from 'lucide-react/icons/x';
import { useRef } from 'react';
import { IconButton } from '../Button.tsx';
import type { DialogProps } from '../dialog.ts';
import styles from './DialogParts.module.css';

export function DialogParts({ open, onOpenChange, title, about, bare, width, initialFocus, children }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const first = () => popup.current?.querySelector<HTMLElement>('input, textarea, select') ?? popup.current;
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.scrim} />
        <Dialog.Viewport className={`${styles.viewport} ${bare ? styles.bareViewport : ''}`}>
          <Dialog.Popup
            className={`${styles.dialog} ${bare ? styles.bare : ''} ${width ? styles[width] : ''}`}
            ref={popup}
            initialFocus={initialFocus ?? first}
            {...(bare ? { 'aria-label': title } : {})}
          >
            {bare ? (
              children
            ) : (
              <>
                <header className={styles.head}>
                  <div>
                    <Dialog.Title className={styles.title}>{title}</Dialog.Title>
                    {about && <Dialog.Description className={styles.about}>{about}</Dialog.Description>}
                  </div>
                  <Dialog.Close
                    render={
                      <IconButton label="Close" keys="Esc">
                        <X />
                      </IconButton>
                    }
                  />
                </header>
                {children}
              </>
            )}
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
