// The buttons that start, pause, go on with and stop a run.

import { Button, Tooltip } from '@mantine/core';
import { useLocation } from 'wouter';
import { mediumWords, sameMedium } from '../../data/medium.ts';
import type { Medium, ModelInfo } from '../../protocol/index.ts';
import { clearRun, pauseRun, resumeRun, startRun, stopRun } from '../../state/commands.ts';
import { openDataset } from '../../state/data.ts';
import { changeReading, readingFor } from '../../state/data-commands.ts';
import { startRace } from '../../state/race-commands.ts';
import { useWeft } from '../../state/store.ts';
import type { Cost } from './useCost.ts';

export function RunActions({ cost }: { readonly cost: Cost }) {
  const status = useWeft((state) => state.run.status);
  const record = useWeft((state) => state.run.record !== null);
  const model = useWeft((state) => state.library.model);
  /** As which the open data was read; undefined where there is none. */
  const medium = useWeft((state) => openDataset(state.data)?.medium);
  const reading = useWeft((state) => state.data.state === 'reading');
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
      const startable = medium !== undefined && !reading && cost.preflight !== null;
      return (
        <>
          {record && <Button onClick={clearRun}>New run</Button>}
          {!record && medium && model && <FineTune model={model} medium={medium} startable={startable} />}
          {medium && (
            <Tooltip label="Trains dense, strided and fixed attention one after another, on this data and from the same seed, and draws them together: Table 2 of the paper, on your own machine.">
              <Button disabled={!startable} onClick={() => void startRace()}>
                Race
              </Button>
            </Tooltip>
          )}
          {(record || medium) && (
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

interface FineTuneProps {
  readonly model: ModelInfo;
  /** As which the open data was read. */
  readonly medium: Medium;
  readonly startable: boolean;
}

/** Going on from the model at hand; data that was read otherwise than the model reads is read again first. */
function FineTune({ model, medium, startable }: FineTuneProps) {
  if (sameMedium(medium, model.medium)) {
    return (
      <Tooltip
        label={`Learns this data from the weights of ${model.name} on, instead of from fresh ones. The model keeps its shape.`}
      >
        <Button disabled={!startable} onClick={() => void startRun(true)}>
          Fine-tune
        </Button>
      </Tooltip>
    );
  }
  const reading = readingFor(model.medium);
  if (medium.kind !== model.medium.kind || !reading) return null;
  return (
    <Tooltip
      label={`Reads the files again, as ${mediumWords(model.medium)}: then ${model.name} can be fine-tuned with them.`}
    >
      <Button onClick={() => void changeReading(reading)}>Read for {model.name}</Button>
    </Tooltip>
  );
}
