// Takes the pattern to the Train page, as the attention of the next run.

import { Button } from '@mantine/core';
import { useLocation } from 'wouter';
import { changeSettings } from '../../state/commands.ts';
import { withAttention } from '../../state/draft.ts';
import { useWeft } from '../../state/store.ts';
import type { PatternSettings } from './settings.ts';

export function TrainButton({ settings }: { readonly settings: PatternSettings }) {
  const run = useWeft((state) => state.settings.run);
  const [, navigate] = useLocation();
  const { length, nHead, stride, summaryCells, dilation, layers } = settings;
  return (
    <Button
      onClick={() => {
        const attention = { stride, summaryCells, dilation, layers };
        changeSettings({ run: withAttention(run, attention, { contextLength: length, nHead }) });
        navigate('/train');
      }}
    >
      Train with it
    </Button>
  );
}
