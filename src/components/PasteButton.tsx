// Pastes with a press, for phones, which have no keys for it.

import { Button } from '@mantine/core';
import { IconClipboard } from '@tabler/icons-react';

interface PasteButtonProps {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onProblem: (problem: string) => void;
  readonly disabled?: boolean;
}

/** What the clipboard holds, as files, or why nothing of it can be taken. */
async function pasted(): Promise<readonly File[] | string> {
  try {
    const files: File[] = [];
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((each) => each.startsWith('image/')) ?? 'text/plain';
      if (!item.types.includes(type)) continue;
      const name = type === 'text/plain' ? 'pasted-text.txt' : `pasted-picture.${type.slice(6)}`;
      files.push(new File([await item.getType(type)], name, { type }));
    }
    return files.length > 0 ? files : 'The clipboard holds neither text nor a picture.';
  } catch {
    return 'The browser did not let Weft read the clipboard. Press Ctrl+V instead, or choose files.';
  }
}

export function PasteButton({ onFiles, onProblem, disabled = false }: PasteButtonProps) {
  const paste = async () => {
    const files = await pasted();
    if (typeof files === 'string') onProblem(files);
    else onFiles(files);
  };
  return (
    <Button
      size="xs"
      leftSection={<IconClipboard size={14} />}
      disabled={disabled}
      onClick={() => void paste()}
    >
      Paste
    </Button>
  );
}
