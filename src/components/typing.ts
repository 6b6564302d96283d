// Whether keys and pastes belong to a text field rather than to the page.

/** Whether what is dragged is words that go into a text field. */
export function isForField({ target, dataTransfer }: DragEvent): boolean {
  return isTyping(target) && !dataTransfer?.types.includes('Files');
}

export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !['radio', 'checkbox', 'button', 'range', 'file'].includes(target.type);
  }
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('textarea, select'));
}
