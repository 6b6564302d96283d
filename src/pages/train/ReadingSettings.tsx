// At which size, in which colours and at which rate files are read. Another choice reads them again.

import { count } from '../../components/format.ts';
import { ChoiceSetting, NumberSetting } from '../../components/Settings.tsx';
import type { Medium, MediumKind } from '../../protocol/index.ts';
import { changeReading } from '../../state/data-commands.ts';
import { useWeft } from '../../state/store.ts';

interface ReadingSettingsProps {
  readonly kind: MediumKind | undefined;
  /** As which the open data was read. */
  readonly medium: Medium | undefined;
}

const FIRST_SIDE = 32;
const FIRST_RATE_HZ = 12_000;

export function ReadingSettings({ kind, medium }: ReadingSettingsProps) {
  const { side, channels, rateHz } = useWeft((state) => state.settings.data);
  if (kind === 'image') {
    const image = medium?.kind === 'image' ? medium : null;
    return (
      <>
        <NumberSetting
          name="size"
          explain="Pixels on a side: each picture is made this small before the model sees it. Twice the side is four times the bytes."
          value={side ?? image?.width ?? FIRST_SIDE}
          min={8}
          max={64}
          integer
          stops={[8, 12, 16, 24, 28, 32, 48, 64]}
          onChange={(value) => void changeReading({ side: value })}
        />
        <ChoiceSetting
          name="colours"
          value={String(channels ?? image?.channels ?? 3)}
          options={[
            { value: '1', label: 'grey' },
            { value: '3', label: 'RGB' },
          ]}
          onChange={(value) => void changeReading({ channels: value === '1' ? 1 : 3 })}
        />
      </>
    );
  }
  if (kind !== 'audio') return null;
  return (
    <NumberSetting
      name="sample rate"
      explain="Samples a second. A telephone has 8,000; the paper's models of music have 12,000. One sample is one byte."
      value={rateHz ?? (medium?.kind === 'audio' ? medium.rateHz : FIRST_RATE_HZ)}
      min={1000}
      max={48_000}
      integer
      show={count}
      stops={[4000, 8000, 12_000, 16_000, 22_050]}
      onChange={(value) => void changeReading({ rateHz: value })}
    />
  );
}
