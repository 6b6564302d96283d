// The settings of a run: the data, a preset, the pattern, the model and the training; the rest at the end.

import { Accordion, Button } from '@mantine/core';
import { Card } from '../../components/Card.tsx';
import { bytes, count } from '../../components/format.ts';
import { ChoiceSetting, NumberSetting, SettingsGroup, SwitchSetting } from '../../components/Settings.tsx';
import { mediumWords } from '../../data/medium.ts';
import { presetFor } from '../../model/presets.ts';
import type { RunConfig } from '../../protocol/index.ts';
import { changeSettings } from '../../state/commands.ts';
import { openDataset } from '../../state/data.ts';
import { bringBackSettings } from '../../state/data-commands.ts';
import { presetNames, presetOf, withModel, withTraining } from '../../state/draft.ts';
import { useWeft } from '../../state/store.ts';
import { DataGroup } from './DataGroup.tsx';
import { EverySetting } from './EverySetting.tsx';
import { PatternSettings } from './PatternSettings.tsx';
import styles from './SettingsCard.module.css';
import type { Cost } from './useCost.ts';

interface SettingsCardProps {
  readonly run: RunConfig;
  /** While a run is under way its settings are shown, but cannot change. */
  readonly fixed: boolean;
  readonly cost: Cost;
}

export function SettingsCard({ run, fixed, cost }: SettingsCardProps) {
  const change = (next: RunConfig) => changeSettings({ run: next });
  // A preset fits the data that is open; without any, what the settings are for.
  const medium = useWeft((state) => openDataset(state.data)?.medium) ?? run.medium;
  return (
    <Card className={styles.card}>
      {fixed && <p className={styles.fixed}>Settings of the run under way. Stop it to change them.</p>}
      <DataGroup />
      <SettingsGroup title="Preset" fixed={fixed}>
        <ChoiceSetting
          name="Preset"
          hideName
          wide
          value={presetOf(run)}
          options={[...presetNames, 'own']}
          onChange={(name) => name !== 'own' && change({ ...presetFor(medium, name), name: run.name })}
        />
        {!fixed && <Replaced />}
      </SettingsGroup>
      <PatternSettings run={run} fixed={fixed} onChange={change} />
      <ModelGroup run={run} fixed={fixed} onChange={change} />
      <TrainingGroup run={run} fixed={fixed} onChange={change} />
      <Accordion
        variant="default"
        chevronPosition="right"
        classNames={{
          control: styles.control,
          content: styles.content,
          item: styles.item,
          label: styles.label,
        }}
      >
        <Accordion.Item value="everything">
          <Accordion.Control>Everything else</Accordion.Control>
          <Accordion.Panel>
            <EverySetting run={run} fixed={fixed} onChange={change} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
      <Verdict fixed={fixed} cost={cost} />
    </Card>
  );
}

/** What the person had set for other data, and how it comes back. */
function Replaced() {
  const replaced = useWeft((state) => state.replaced);
  if (!replaced) return null;
  return (
    <p className={styles.replaced}>
      Your settings for {mediumWords(replaced.medium)} are put aside.{' '}
      <Button size="compact-xs" onClick={bringBackSettings}>
        Undo
      </Button>
    </p>
  );
}

interface GroupProps {
  readonly run: RunConfig;
  readonly fixed: boolean;
  readonly onChange: (run: RunConfig) => void;
}

function ModelGroup({ run, fixed, onChange }: GroupProps) {
  const { contextLength, nLayer, dModel, nHead } = run.model;
  return (
    <SettingsGroup title="Model" fixed={fixed}>
      <NumberSetting
        name="context"
        explain="How many bytes the model sees at once."
        value={contextLength}
        min={2}
        max={2 ** 20}
        integer
        show={count}
        stops={[64, 128, 256, 512, 1024, 2048, 4096, 8192, 12_288, 16_384]}
        onChange={(value) => onChange(withModel(run, { contextLength: value }))}
      />
      <NumberSetting
        name="layers"
        value={nLayer}
        min={1}
        max={1024}
        integer
        stops={[1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32]}
        onChange={(value) => onChange(withModel(run, { nLayer: value }))}
      />
      <NumberSetting
        name="width"
        explain="Numbers that the model keeps for each byte, in every layer. Must divide by four times the heads."
        value={dModel}
        min={4}
        max={16_384}
        integer
        show={count}
        stops={[32, 64, 96, 128, 192, 256, 384, 512, 768, 1024]}
        onChange={(value) => onChange(withModel(run, { dModel: value }))}
      />
      <NumberSetting
        name="heads"
        explain="Attention runs this many times side by side, each on its share of the width."
        value={nHead}
        min={1}
        max={4096}
        integer
        stops={[1, 2, 4, 8, 16, 32]}
        onChange={(value) => onChange(withModel(run, { nHead: value }))}
      />
      <NumberSetting
        name="dropout"
        explain="Share of each layer's output left out at random while learning, so that little data is not learnt by heart."
        value={run.model.dropout}
        min={0}
        max={0.99}
        stops={[0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5]}
        onChange={(value) => onChange(withModel(run, { dropout: value }))}
      />
    </SettingsGroup>
  );
}

function TrainingGroup({ run, fixed, onChange }: GroupProps) {
  const { learningRate, warmupSteps, microBatch, steps, seed, recompute, precision } = run.training;
  return (
    <SettingsGroup title="Training" fixed={fixed}>
      <NumberSetting
        name="steps"
        value={steps}
        min={1}
        max={1e9}
        integer
        show={count}
        stops={[100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000, 100_000]}
        onChange={(value) => onChange(withTraining(run, { steps: value }))}
      />
      <NumberSetting
        name="batch"
        explain="Windows, or pictures, learnt from together in one step."
        value={microBatch}
        min={1}
        max={65_536}
        integer
        stops={[1, 2, 4, 8, 12, 16, 24, 32, 48, 64]}
        onChange={(value) => onChange(withTraining(run, { microBatch: value }))}
      />
      <NumberSetting
        name="rate"
        explain="Learning rate: how far each step moves the weights. Too high and the curve jumps, too low and it crawls."
        value={learningRate}
        min={0}
        max={1}
        stops={[1e-4, 2e-4, 3e-4, 6e-4, 1e-3, 1.5e-3, 2e-3, 3e-3, 5e-3, 1e-2]}
        onChange={(value) => onChange(withTraining(run, { learningRate: value }))}
      />
      <NumberSetting
        name="warm-up"
        explain="Steps over which the learning rate rises from nothing; after them it falls along a cosine."
        value={warmupSteps}
        min={0}
        max={1e9}
        integer
        show={count}
        stops={[0, 10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000]}
        onChange={(value) => onChange(withTraining(run, { warmupSteps: value }))}
      />
      <NumberSetting
        name="seed"
        explain="The same seed on the same device gives the same run, to the last bit."
        value={seed}
        min={0}
        max={2 ** 32 - 1}
        integer
        show={String}
        onChange={(value) => onChange(withTraining(run, { seed: value }))}
      />
      <SwitchSetting
        name="recompute"
        explain="Calculates each layer again in the backward pass instead of keeping it: far less memory, about a third more work."
        value={recompute}
        onChange={(value) => onChange(withTraining(run, { recompute: value }))}
      />
      <SwitchSetting
        name="mixed precision"
        explain="Keeps what flows between the layers, and a working copy of the weights, in half precision: less memory, and faster where the GPU multiplies small half-precision matrices at once. Weights and sums stay in full precision."
        value={precision === 'mixed'}
        onChange={(value) => onChange(withTraining(run, { precision: value ? 'mixed' : 'float32' }))}
      />
    </SettingsGroup>
  );
}

/** Whether it can start, in a sentence at the end of the settings. */
function Verdict({ fixed, cost }: { readonly fixed: boolean; readonly cost: Cost }) {
  const [problem] = cost.problems;
  if (fixed) return null;
  if (problem) {
    return (
      <p className={styles.verdict} data-bad>
        {problem}
      </p>
    );
  }
  if (!cost.preflight) return null;
  return <p className={styles.verdict}>Fits: it needs {bytes(cost.preflight.memoryBytes)} of memory.</p>;
}
