/** When something that floats closes, the focus goes back to `anchor`, unless what was chosen has put it somewhere else. */
export const returnTo = (anchor: HTMLElement | null) => (): HTMLElement | false => {
  const { activeElement } = document;
  const movedOn =
    activeElement && activeElement !== document.body && !activeElement.closest('[role="menu"], [role="dialog"]');
  return !movedOn && (anchor ?? false);
};
