// Which earlier positions a position may look at: for now the two patterns of the paper beside dense attention,
// at a size that can be counted.

import { Card } from '../../components/Card.tsx';
import { Figure, Figures } from '../../components/Figures.tsx';
import { count } from '../../components/format.ts';
import { Page, PaperLink } from '../../components/Page.tsx';
import { PatternLegend, PatternMatrix } from '../../components/PatternMatrix.tsx';
import { densePairs, headPairs, PATTERN_FACTORS, type Pattern, segmentsOf } from '../../patterns/index.ts';
import styles from './PatternsPage.module.css';

const LENGTH = 64;
const geometry = { stride: 8, summaryCells: 2, nHead: 1 };

const shown: readonly { pattern: Pattern; title: string; note: string; words: string }[] = [
  {
    pattern: 'dense',
    title: 'Dense',
    note: 'everything',
    words: 'Every position looks at all earlier ones.',
  },
  {
    pattern: 'strided',
    title: 'Strided',
    note: 'stride 8',
    words: 'The last 8, and every 8th before them: good where rows repeat, as in pictures.',
  },
  {
    pattern: 'fixed',
    title: 'Fixed',
    note: 'block 8, summary 2',
    words: 'Its own block, and the last 2 cells of every earlier one: good for text.',
  },
];

export function PatternsPage() {
  return (
    <Page
      title="Which earlier positions may a position look at?"
      sentence={
        <>
          Dense attention looks at all of them: n² work. Two sparse steps reach everything too, for n√n.{' '}
          <PaperLink section="4.2" />
        </>
      }
    >
      <div className={styles.grid}>
        {shown.map(({ pattern, title, note, words }) => (
          <PatternCard key={pattern} pattern={pattern} title={title} note={note} words={words} />
        ))}
      </div>
      <p className={styles.next}>
        Here you will choose length, stride, summary cells and heads, follow the path between any two
        positions, and see what it costs up to a million of them.
      </p>
    </Page>
  );
}

function PatternCard({ pattern, title, note, words }: (typeof shown)[number]) {
  const factors = PATTERN_FACTORS[pattern];
  const segments = segmentsOf(factors, geometry, LENGTH);
  const pairs = headPairs(segments, 0, LENGTH);
  return (
    <Card title={title} note={note} side={<PatternLegend factors={factors} />}>
      <PatternMatrix
        heads={[{ head: 0, segments }]}
        length={LENGTH}
        label={`${title}: ${count(pairs)} of ${count(densePairs(LENGTH))} pairs of ${LENGTH} positions`}
      />
      <Figures label={`${title} in numbers`}>
        <Figure value={count(pairs)} words="pairs" />
        <Figure value={`${Math.round((100 * pairs) / densePairs(LENGTH))}%`} words="of dense" />
      </Figures>
      <p className={styles.words}>{words}</p>
    </Card>
  );
}
