/**
 * One tip for the whole app. Anything with `data-tip` has one: after 400 ms under the pointer, at once on keyboard focus
 * and when moving between neighbours; none on touch. Rows cost nothing for it.
 */
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useState } from 'react';
import styles from './TipLayer.module.css';

const delayMs = 400;
/** For so long after a tip the next one comes at once. */
const warmMs = 300;

export function TipLayer() {
  const [target, setTarget] = useState<HTMLElement>();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let closedAt = 0;
    let shown: HTMLElement | undefined;
    const show = (element: HTMLElement) => {
      shown = element;
      setTarget(element);
      setOpen(true);
    };
    const hide = () => {
      clearTimeout(timer);
      if (shown) closedAt = performance.now();
      shown = undefined;
      setOpen(false);
    };
    const over = (event: PointerEvent) => {
      const element = tipped(event.target);
      if (element === shown && element) return;
      hide();
      if (!element || event.pointerType === 'touch') return;
      timer = setTimeout(() => show(element), performance.now() - closedAt < warmMs ? 0 : delayMs);
    };
    const focus = (event: FocusEvent) => {
      const element = tipped(event.target);
      if (element?.matches(':focus-visible') && event.target === element) show(element);
    };
    const options = { signal: stop.signal, passive: true };
    document.addEventListener('pointerover', over, options);
    document.addEventListener('focusin', focus, options);
    for (const event of ['pointerdown', 'focusout', 'scroll', 'keydown'])
      document.addEventListener(event, hide, { ...options, capture: event === 'scroll' });
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, []);
  return (
    <Tooltip.Root open={open && target?.isConnected === true} onOpenChange={setOpen}>
      <Tooltip.Portal>
        <Tooltip.Positioner className={styles.positioner} anchor={target ?? null} sideOffset={6}>
          <Tooltip.Popup className={styles.tip} aria-hidden="true">
            {target?.dataset.tip}
            {target?.dataset.tipKeys && <span className={styles.keys}>{target.dataset.tipKeys}</span>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

function tipped(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>('[data-tip]') ?? undefined) : undefined;
}
