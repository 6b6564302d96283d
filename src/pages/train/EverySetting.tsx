// The settings that few people need, so that none is out of reach.

import { ChoiceSetting, NumberSetting, SettingsGroup, SwitchSetting } from '../../components/Settings.tsx';
import type { RunConfig } from '../../protocol/index.ts';
import { withModel, withTraining } from '../../state/draft.ts';
import styles from './EverySetting.module.css';
import { PositionSettings } from './PositionSettings.tsx';
import { TurnsSetting } from './TurnsSetting.tsx';

interface EverySettingProps {
  readonly run: RunConfig;
  readonly fixed: boolean;
  readonly onChange: (run: RunConfig) => void;
}

export function EverySetting({ run, fixed, onChange }: EverySettingProps) {
  const { model, training } = run;
  const changeModel = (change: Parameters<typeof withModel>[1]) => onChange(withModel(run, change));
  const changeTraining = (change: Parameters<typeof withTraining>[1]) => onChange(withTraining(run, change));
  return (
    <div className={styles.groups}>
      <SettingsGroup title="Model" fixed={fixed}>
        <TurnsSetting run={run} onChange={onChange} />
        <NumberSetting
          name="feed-forward width"
          explain="Inner width of the feed-forward half of each layer: four times the width in the paper, or twice."
          value={model.dFF}
          min={4}
          max={16_384}
          integer
          onChange={(dFF) => changeModel({ dFF })}
        />
        <NumberSetting
          name="query and key width"
          explain="Over all heads. The paper sometimes halves it."
          value={model.dQueryKey}
          min={4}
          max={16_384}
          integer
          onChange={(dQueryKey) => changeModel({ dQueryKey })}
        />
        <PositionSettings run={run} onChange={onChange} />
        <ChoiceSetting
          name="first weights"
          explain="How far the first weights spread: as the authors ran it, or as the paper prints it, nearly three times less."
          value={model.initialisation}
          options={[
            { value: 'released', label: 'as run' },
            { value: 'paper', label: 'as printed' },
          ]}
          onChange={(initialisation) => changeModel({ initialisation })}
        />
        <SwitchSetting
          name="biases"
          explain="A constant added by each linear layer, learnt like the weights."
          value={model.linearBias}
          onChange={(linearBias) => changeModel({ linearBias })}
        />
      </SettingsGroup>
      <SettingsGroup title="Optimiser" fixed={fixed}>
        <NumberSetting
          name="accumulation"
          explain="Batches whose gradients add up to one step: a larger batch for the same memory."
          value={training.accumulation}
          min={1}
          max={65_536}
          integer
          onChange={(accumulation) => changeTraining({ accumulation })}
        />
        <NumberSetting
          name="beta 1"
          explain="How long Adam remembers the direction of the gradient."
          value={training.beta1}
          min={0}
          max={0.999999}
          onChange={(beta1) => changeTraining({ beta1 })}
        />
        <NumberSetting
          name="beta 2"
          explain="How long Adam remembers the size of the gradient."
          value={training.beta2}
          min={0}
          max={0.999999}
          onChange={(beta2) => changeTraining({ beta2 })}
        />
        <NumberSetting
          name="epsilon"
          explain="Keeps Adam's steps finite where gradients are tiny."
          value={training.eps}
          min={1e-30}
          max={1}
          onChange={(eps) => changeTraining({ eps })}
        />
        <NumberSetting
          name="weight decay"
          explain="Draws all matrices a little towards zero at each step."
          value={training.weightDecay}
          min={0}
          max={1000}
          onChange={(weightDecay) => changeTraining({ weightDecay })}
        />
        <NumberSetting
          name="largest gradient norm"
          explain="A longer gradient is shortened to this length, so that one odd batch does no harm."
          value={training.clipNorm}
          min={1e-30}
          max={1e30}
          onChange={(clipNorm) => changeTraining({ clipNorm })}
        />
      </SettingsGroup>
      <SettingsGroup title="Meanwhile" fixed={fixed}>
        <NumberSetting
          name="evaluate every … steps"
          value={training.evaluateEvery}
          min={1}
          max={1e9}
          integer
          onChange={(evaluateEvery) => changeTraining({ evaluateEvery })}
        />
        <NumberSetting
          name="sample every … steps"
          explain="0 draws none."
          value={training.sampleEvery}
          min={0}
          max={1e9}
          integer
          onChange={(sampleEvery) => changeTraining({ sampleEvery })}
        />
      </SettingsGroup>
    </div>
  );
}
