import { useEffect, useEffectEvent } from 'react';

/** The list or a row of it that was clicked; one that was reached by keys has letters of its own. */
const byPointer = '[data-timeline], [data-timeline] li:not(:focus-visible)';

/** A letter typed while nothing has the focus goes to where one writes. */
export function useTypeToWrite(focus: () => void): void {
  const go = useEffectEvent(focus);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const { target } = event;
      const idle = target === document.body || (target instanceof Element && target.matches(byPointer));
      if (idle && event.key.length === 1 && /[^\s?]/.test(event.key)) go();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}
