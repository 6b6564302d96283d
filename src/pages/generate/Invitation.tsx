// No model yet: what writing looks like from the inside, and the ways to a model.

import { Button, FileButton } from '@mantine/core';
import { useLocation } from 'wouter';
import { Card } from '../../components/Card.tsx';
import { PatternLegend } from '../../components/PatternMatrix.tsx';
import { ReadyMadeModels } from '../../components/ReadyMadeModels.tsx';
import { WovenText } from '../../components/WovenText.tsx';
import type { MediumKind } from '../../protocol/index.ts';
import { importWeights, openRun, trainBuiltin } from '../../state/commands.ts';
import { generateWith, useReadyMade } from '../../state/ready-made-commands.ts';
import { isActive } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import { startTour } from '../../state/tour-commands.ts';
import styles from './Invitation.module.css';

const STRIDE = 24;
const excerpt =
  'Dear Mira, I am glad that the weaver mended the old loom at dawn. We had fog for three days, then sun. ' +
  'I bought four pears at 2d each, 8d in all. "Mira," said Tom, "has found the narrow gate." ' +
  'Shall we go to the mill on the 12th? The goose ran to Oakham and ';
const text = excerpt.slice(0, STRIDE * Math.floor(excerpt.length / STRIDE) - 5);

const kinds: readonly MediumKind[] = ['text', 'image', 'audio'];
const TRAIN: Readonly<Record<MediumKind, string>> = {
  text: 'Train one in a minute',
  image: 'On pictures',
  audio: 'On sound',
};

export function Invitation() {
  const engine = useWeft((state) => state.engine);
  const ready = engine.state === 'ready';
  const slow = ready && (engine.info.software || engine.info.engine === 'reference');
  const active = useWeft((state) => isActive(state.run.status));
  const list = useReadyMade();
  const newest = useWeft((state) => state.library.runs[0]);
  const [, navigate] = useLocation();
  return (
    <Card className={styles.card}>
      <div className={styles.picture}>
        <WovenText text={text} stride={STRIDE} />
        <div className={styles.caption}>
          <PatternLegend factors={['local', 'column']} />
          <p>
            One byte looks at the last {STRIDE}, and at every {STRIDE}th before them. Two layers reach
            everything.
          </p>
        </div>
      </div>
      <div className={styles.words}>
        <h2>See one at work</h2>
        <ReadyMadeModels {...list} disabled={!ready || active} onOpen={(model) => void generateWith(model)} />
        <h2>Or make one of your own</h2>
        <p>
          Train a small one here, on letters, pictures or tunes that this page makes up, and watch it learn.
        </p>
        <div className={styles.buttons}>
          {active ? (
            <Button variant="filled" size="md" onClick={() => navigate('/train')}>
              See the run that is under way
            </Button>
          ) : (
            kinds.map((kind, index) => (
              <Button
                key={kind}
                variant={index === 0 ? 'filled' : 'default'}
                size="md"
                disabled={!ready}
                onClick={() => {
                  navigate('/train');
                  void trainBuiltin(kind);
                }}
              >
                {TRAIN[kind]}
              </Button>
            ))
          )}
          {newest && !active && (
            <Button size="md" disabled={!ready} onClick={() => void openRun(newest.id)}>
              Open {newest.name}
            </Button>
          )}
          <FileButton accept=".safetensors" onChange={(file) => file && void importWeights(file)}>
            {(props) => (
              <Button {...props} size="md" disabled={!ready || active}>
                Open weights
              </Button>
            )}
          </FileButton>
          <Button variant="subtle" size="md" onClick={startTour}>
            Take the tour
          </Button>
        </div>
        <p className={styles.small}>
          {slow
            ? 'This browser computes without a graphics processor here, so a minute becomes many; pause when you like. '
            : ''}
          Files or weights, everything stays on this computer. Weights are safetensors files that Weft saved.
        </p>
      </div>
    </Card>
  );
}
