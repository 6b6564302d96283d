// The learned tables that tell the model where it is: rows and columns of the text cut at a width, or an image's
// rows, columns and channels.

import { ChoiceSetting, NumberSetting } from '../../components/Settings.tsx';
import type { PositionEmbedding } from '../../model/config.ts';
import type { RunConfig } from '../../protocol/index.ts';
import { withModel } from '../../state/draft.ts';

interface PositionSettingsProps {
  readonly run: RunConfig;
  readonly onChange: (run: RunConfig) => void;
}

/** A picture of about the context's size, to begin with. */
function firstImage(contextLength: number): PositionEmbedding {
  const side = Math.max(1, Math.floor(Math.sqrt(contextLength)));
  return { kind: 'image', height: side, width: side, channels: 1 };
}

export function PositionSettings({ run, onChange }: PositionSettingsProps) {
  const { positions, contextLength, attention } = run.model;
  const set = (next: PositionEmbedding) => onChange(withModel(run, { positions: next }));
  return (
    <>
      <ChoiceSetting
        name="positions as"
        explain="How a position is told to the model: by row and column of the text, or of a picture."
        value={positions.kind}
        options={[
          { value: 'attention', label: 'text' },
          { value: 'image', label: 'picture' },
        ]}
        onChange={(kind) =>
          set(kind === 'image' ? firstImage(contextLength) : { kind: 'attention', stride: attention.stride })
        }
      />
      {positions.kind === 'attention' ? (
        <NumberSetting
          name="row length"
          explain="Where the text is cut into rows. It follows the stride unless it is set here."
          value={positions.stride}
          min={1}
          max={2 ** 20}
          integer
          onChange={(stride) => set({ kind: 'attention', stride })}
        />
      ) : (
        (['height', 'width', 'channels'] as const).map((side) => (
          <NumberSetting
            key={side}
            name={side}
            value={positions[side]}
            min={1}
            max={2 ** 20}
            integer
            onChange={(value) => set({ ...positions, [side]: value })}
          />
        ))
      )}
    </>
  );
}
