// Before there is any data: how a run looks, and the buttons that make one.

import { Button, FileButton } from '@mantine/core';
import { BitsChart } from '../../components/BitsChart.tsx';
import { Card } from '../../components/Card.tsx';
import { wordsOf } from '../../components/medium.ts';
import { trainBuiltin } from '../../state/commands.ts';
import { openFiles } from '../../state/data-commands.ts';
import { useWeft } from '../../state/store.ts';
import styles from './Invitation.module.css';

const STEPS = 1000;
const steps = Array.from({ length: 101 }, (_, index) => (index * STEPS) / 100);
/** The usual shape: fast while spelling is learnt, slow while sense is. */
const shape = (step: number, floor: number) => floor + (8 - floor) * (1 + step / 18) ** -0.86;
const example = {
  learning: steps.map((x) => ({ x, bits: shape(x, 0.92) * (1 + 0.012 * Math.sin(x * 1.7)) })),
  heldOut: steps.filter((_, index) => index % 10 === 0).map((x) => ({ x, bits: shape(x, 1.02) })),
};

export function Invitation() {
  const ready = useWeft((state) => state.engine.state === 'ready');
  const model = useWeft((state) => state.library.model);
  return (
    <Card className={styles.card} title="This is how a run looks" note="an example, drawn by hand">
      <div className={styles.chart} aria-hidden="true">
        <BitsChart {...example} gzip={2.1} axis="steps" scale="log" until={STEPS} />
      </div>
      <div className={styles.foot}>
        <ol className={styles.steps}>
          <li>
            <strong>Choose something.</strong> Text, pictures or sound: yours, or what this page makes itself.
          </li>
          <li>
            <strong>Start.</strong> It begins at 8 bits for each byte, knowing nothing
            {model
              ? `; or fine-tune ${model.name}, which knows ${wordsOf(model.medium.kind).whole} already`
              : ''}
            .
          </li>
          <li>
            <strong>Watch.</strong> Below the dashed line it knows your data better than gzip does.
          </li>
        </ol>
        <div className={styles.buttons}>
          <Button variant="filled" disabled={!ready} onClick={() => void trainBuiltin()}>
            Train on the built-in letters
          </Button>
          <Button disabled={!ready} onClick={() => void trainBuiltin('image')}>
            On pictures
          </Button>
          <Button disabled={!ready} onClick={() => void trainBuiltin('audio')}>
            On sound
          </Button>
          <FileButton multiple onChange={(files) => files.length > 0 && void openFiles(files)}>
            {(props) => (
              <Button {...props} disabled={!ready}>
                Choose files
              </Button>
            )}
          </FileButton>
        </div>
      </div>
    </Card>
  );
}
