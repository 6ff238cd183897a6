/** What inside rows can be reached by Tab. */

const inner = 'a,button,pre,[role="group"]';

/** What is inside the row that has the focus can be reached by Tab, what is inside others cannot. */
export function setReach(row: HTMLElement, tabIndex: 0 | -1): void {
  for (const element of row.querySelectorAll<HTMLElement>(inner))
    if (!element.closest('[data-bar],[data-scrolls]')) element.tabIndex = tabIndex;
}

/** What scrolls by itself can always be reached: nothing else could scroll it. To be called again when widths change. */
export function reachScrollers(element: HTMLElement): void {
  for (const box of element.querySelectorAll<HTMLElement>('pre, [role="group"]')) {
    const scrolls = box.scrollWidth > box.clientWidth;
    if (scrolls === 'scrolls' in box.dataset) continue;
    box.tabIndex = scrolls ? 0 : -1;
    if (scrolls) box.dataset.scrolls = '';
    else delete box.dataset.scrolls;
  }
}
