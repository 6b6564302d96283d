// No model yet: what heads may look at, which is where the learnt weights will appear, and the ways to a model.

import { Button, FileButton } from '@mantine/core';
import { useLocation } from 'wouter';
import { Card } from '../../components/Card.tsx';
import { PatternLegend, PatternMatrix } from '../../components/PatternMatrix.tsx';
import { ReadyMadeModels } from '../../components/ReadyMadeModels.tsx';
import { FACTOR_WORDS, type Factor, segmentsOf } from '../../patterns/index.ts';
import { importWeights, openRun, trainBuiltin } from '../../state/commands.ts';
import { openReadyMade, useReadyMade } from '../../state/ready-made-commands.ts';
import { isActive } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import styles from './Invitation.module.css';

const LENGTH = 32;
const HEADS = [0, 1, 2, 3, 4, 5, 6, 7];
const geometry = { stride: 6, summaryCells: 1, nHead: HEADS.length };

/** Four layers, local and column in turn and own block and summary in turn. */
const layers: readonly Factor[] = ['local', 'column', 'ownBlock', 'summary'];

export function Invitation() {
  const ready = useWeft((state) => state.engine.state === 'ready');
  const active = useWeft((state) => isActive(state.run.status));
  const newest = useWeft((state) => state.library.runs[0]);
  const list = useReadyMade();
  const [, navigate] = useLocation();
  return (
    <>
      <Card className={styles.words}>
        <h2>You have no model to look into yet</h2>
        <p>
          Open one that comes with the page, or train a small one here, on letters that this page makes up;
          after a minute its heads have habits of their own.
        </p>
        <ReadyMadeModels
          {...list}
          disabled={!ready || active}
          onOpen={(model) => void openReadyMade(model)}
        />
        <div className={styles.buttons}>
          {active ? (
            <Button variant="filled" onClick={() => navigate('/train')}>
              See the run that is under way
            </Button>
          ) : (
            <Button
              variant="filled"
              disabled={!ready}
              onClick={() => {
                navigate('/train');
                void trainBuiltin();
              }}
            >
              Train one in a minute
            </Button>
          )}
          {newest && !active && (
            <Button disabled={!ready} onClick={() => void openRun(newest.id)}>
              Open {newest.name}
            </Button>
          )}
          <FileButton accept=".safetensors" onChange={(file) => file && void importWeights(file)}>
            {(props) => (
              <Button {...props} disabled={!ready || active}>
                Open weights
              </Button>
            )}
          </FileButton>
        </div>
      </Card>
      <Card
        title="All layers and heads"
        note="may look at"
        side={<PatternLegend factors={layers} />}
        className={styles.card}
      >
        <div className={styles.layers}>
          {layers.map((factor, layer) => (
            <div key={factor} className={styles.layer}>
              <span className={styles.name}>layer {layer + 1}</span>
              {HEADS.map((head) => (
                <PatternMatrix
                  key={head}
                  heads={[{ head, segments: segmentsOf([factor], geometry, LENGTH) }]}
                  length={LENGTH}
                  label={`Layer ${layer + 1}, head ${head + 1}: ${FACTOR_WORDS[factor]}`}
                />
              ))}
            </div>
          ))}
        </div>
        <p className={styles.next}>
          Here the colours brighten with the weights that your model gives, one head is enlarged, and what it
          looks at is drawn on the text itself.
        </p>
      </Card>
    </>
  );
}
