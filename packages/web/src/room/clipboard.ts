/** Copying, with word of what became of it. */

/** Puts text on the clipboard, also where there is no secure context. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'sr';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

/** The copy button of a code box: takes the code, says so on the button for a moment. */
export async function copyCode(button: HTMLElement): Promise<void> {
  const code = button.closest('figure')?.querySelector('pre')?.textContent ?? '';
  const words = button.lastChild;
  if (!words) return;
  words.textContent = (await copyText(code)) ? 'Copied' : 'Not copied';
  setTimeout(() => {
    words.textContent = 'Copy';
  }, 1_500);
}
