// Whether keys and pastes belong to a text field rather than to the page.

export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !['radio', 'checkbox', 'button', 'range', 'file'].includes(target.type);
  }
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('textarea, select'));
}
