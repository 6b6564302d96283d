// The buttons that start, pause, go on with and stop a run.

import { Button, Tooltip } from '@mantine/core';
import { useLocation } from 'wouter';
import { sameMedium } from '../../data/medium.ts';
import { clearRun, pauseRun, resumeRun, startRun, stopRun } from '../../state/commands.ts';
import { openDataset } from '../../state/data.ts';
import { useWeft } from '../../state/store.ts';
import type { Cost } from './useCost.ts';

export function RunActions({ cost }: { readonly cost: Cost }) {
  const status = useWeft((state) => state.run.status);
  const record = useWeft((state) => state.run.record !== null);
  const hasData = useWeft((state) => openDataset(state.data) !== null);
  const model = useWeft((state) => state.library.model);
  const tunable = useWeft(({ data, library }) => {
    const medium = openDataset(data)?.medium;
    return medium && library.model ? sameMedium(medium, library.model.medium) : false;
  });
  const [, navigate] = useLocation();

  switch (status.state) {
    case 'preparing':
    case 'recovering':
      return <Button onClick={() => void stopRun()}>Stop</Button>;
    case 'training':
      return (
        <>
          <Button onClick={() => void stopRun()}>Stop</Button>
          <Button variant="filled" onClick={() => void pauseRun()}>
            Pause
          </Button>
        </>
      );
    case 'paused':
      return (
        <>
          <Button onClick={() => navigate('/')}>Generate</Button>
          <Button onClick={() => void stopRun()}>Stop</Button>
          <Button variant="filled" onClick={() => void resumeRun()}>
            Resume
          </Button>
        </>
      );
    default: {
      const startable = hasData && cost.preflight !== null;
      return (
        <>
          {record && <Button onClick={clearRun}>New run</Button>}
          {!record && tunable && model && (
            <Tooltip
              label={`Learns this data from the weights of ${model.name} on, instead of from fresh ones. The model keeps its shape.`}
            >
              <Button disabled={!startable} onClick={() => void startRun(true)}>
                Fine-tune
              </Button>
            </Tooltip>
          )}
          {(record || hasData) && (
            <Button
              variant={record ? 'default' : 'filled'}
              disabled={!startable}
              onClick={() => void startRun()}
            >
              {record ? 'Start again' : 'Start'}
            </Button>
          )}
          {/* A run may end just as someone reaches for Pause: what stands there then must do no harm. */}
          {record && (
            <Button variant="filled" disabled={!model} onClick={() => navigate('/')}>
              Generate
            </Button>
          )}
        </>
      );
    }
  }
}
