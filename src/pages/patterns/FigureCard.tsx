// Why the strided figure of the paper is not what the released code draws: asked by many who tried.

import { Anchor } from '@mantine/core';
import { memo } from 'react';
import { Card } from '../../components/Card.tsx';
import { PaperLink } from '../../components/Page.tsx';
import { attentionLayers } from '../../patterns/index.ts';
import styles from './FigureCard.module.css';
import { changed, INITIAL, type PatternSettings } from './settings.ts';

interface FigureCardProps {
  readonly onReplace: (settings: PatternSettings) => void;
}

const base = changed(INITIAL, { length: 36, stride: 6, query: 27, source: 2, summaryCells: 1 });
const merged = changed(base, {
  layers: attentionLayers('strided', 'merged'),
  beside: attentionLayers('strided', 'interleaved'),
});
const local = changed(base, { layers: [[['local']]], beside: [[['column']]] });
const fixed = changed(base, {
  layers: attentionLayers('fixed', 'merged'),
  beside: attentionLayers('fixed', 'interleaved'),
});

export const FigureCard = memo(function FigureCard({ onReplace }: FigureCardProps) {
  const show = (words: string, settings: PatternSettings) => (
    <Anchor
      component="button"
      type="button"
      inherit
      underline="always"
      onClick={() => {
        onReplace(settings);
        window.scrollTo({ top: 0 });
      }}
    >
      {words}
    </Anchor>
  );
  return (
    <Card
      title="Why does the paper’s strided figure not come out of the released code?"
      note="asked since 2019"
    >
      <dl className={styles.answers}>
        <dt>The figure is a sum; the code has only its parts.</dt>
        <dd>
          Figure 3 lays both heads over each other. The released code has a local step and a column step as
          two separate calls, and none that joins them, so neither draws the figure alone. Here they are{' '}
          {show('joined in one head', merged)} and {show('each alone', local)}.
        </dd>
        <dt>The column step is drawn in another order.</dt>
        <dd>
          The code first reshapes the sequence into rows of l, turns rows into columns, and attends within
          them. Its blocks then lie along the diagonal, a dense triangle for each column. Put back into the
          order of the sequence, the same pairs are the diagonals l apart that the figure shows. On the
          picture’s grid with rows of l, it is the column straight up.
        </dd>
        <dt>One key more or less.</dt>
        <dd>
          The formula, from max(0, i − l) to i, has l + 1 keys; the code keeps l, oneself included. Position i
          − l is the first of the column anyway, so both reach every earlier position in two steps. This page,
          the kernels and the masks of the command line use l. The drawing of Figure 3(b) follows neither
          exactly; the formula is meant.
        </dd>
        <dt>Whole tiles, where positions were meant.</dt>
        <dd>
          The released kernels keep or drop tiles of 32 × 32 pairs and mask within them. A plot of their
          layout shows the tiles: l / 32 + 1 broad diagonals for the local step. And the layout for{' '}
          <i>fixed</i> is the merged head already, {show('own block and summary together', fixed)}.
        </dd>
        <dt>Its picture is counted from one, and is not to scale.</dt>
        <dd>
          The formulas mix counting from 1 and from 0; literally, the first block would have l − 1 cells. Here
          everything counts from 0. The set {'{t, …, l}'} of summary cells has c + 1 members as printed, but
          no remainder is ever l, so c remain. <PaperLink section="4.3" />
        </dd>
      </dl>
    </Card>
  );
});
