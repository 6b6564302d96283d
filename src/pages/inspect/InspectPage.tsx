// What each head has learnt to look at: for now, what the heads of a small model may look at, which is where
// the learnt weights will appear.

import { Card } from '../../components/Card.tsx';
import { Page, PaperLink } from '../../components/Page.tsx';
import { PatternLegend, PatternMatrix } from '../../components/PatternMatrix.tsx';
import { FACTOR_WORDS, type Factor, segmentsOf } from '../../patterns/index.ts';
import styles from './InspectPage.module.css';

const LENGTH = 32;
const HEADS = [0, 1, 2, 3, 4, 5, 6, 7];
const geometry = { stride: 6, summaryCells: 1, nHead: HEADS.length };

/** Four layers, local and column in turn and own block and summary in turn. */
const layers: readonly Factor[] = ['local', 'column', 'ownBlock', 'summary'];

export function InspectPage() {
  return (
    <Page
      title="What has each head learnt to look at?"
      sentence={
        <>
          A pattern says what a head may see; training decides what it uses of that. <PaperLink section="3" />
        </>
      }
    >
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
          Here the colours will brighten with the weights that your model gives, on any text of yours, one
          head enlarged and every byte coloured by its surprise.
        </p>
      </Card>
    </Page>
  );
}
