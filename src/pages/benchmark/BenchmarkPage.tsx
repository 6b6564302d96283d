// How fast this computer's GPU does it: for now the theory that the measurements will be held against.

import { Card } from '../../components/Card.tsx';
import { Page, PaperLink } from '../../components/Page.tsx';
import styles from './BenchmarkPage.module.css';
import { TheoryChart } from './TheoryChart.tsx';

export function BenchmarkPage() {
  return (
    <Page
      title="How much work does sparse attention save?"
      sentence={
        <>
          Twice the length is four times the work for dense attention, and less than three for strided.{' '}
          <PaperLink section="5" />
        </>
      }
    >
      <Card
        title="Query-key pairs over length"
        note="both axes logarithmic, stride √n, 8 summary cells"
        className={styles.card}
      >
        <TheoryChart />
        <p className={styles.next}>
          Here your GPU will run dense, local, strided and fixed attention, a training step and sampling, and
          its times will stand beside these lines, to be copied as JSON.
        </p>
      </Card>
    </Page>
  );
}
