// The tour's story: dense attention is quadratic; two sparse steps reach everything; which pattern suits which data; and
// where to do something with it. Two sentences a step, on the page that shows it.

export interface TourStep {
  readonly title: string;
  readonly words: string;
  /** The paper's section. */
  readonly section: string;
  /** The page, with its state. */
  readonly address: string;
  /** The heading that the marked part of the page begins with; the page's own where there is none. */
  readonly heading?: string;
}

export const STEPS: readonly TourStep[] = [
  {
    title: 'Dense attention looks at everything',
    words:
      'Each row is a position, and its marks are the earlier ones that it looks at: here all of them. Twice the length is four times the work, and soon too much.',
    section: '3',
    address: '/patterns?length=64&stride=8&heads=1&layers=dense&query=52&medium=text',
    heading: 'Dense',
  },
  {
    title: 'Two sparse steps reach everything too',
    words:
      'One layer looks at the last few positions, the next at every eighth before. From any position a path of two steps leads back to any other, for n√n of the work.',
    section: '4.2',
    address: '/patterns?length=64&stride=8&heads=1&layers=local-column&query=52&source=3&medium=text',
    heading: 'The shortest path',
  },
  {
    title: 'The data says which pattern fits',
    words:
      'Strided suits what repeats at a fixed distance: a picture, whose rows are the stride, or sound. Text has no such distance, so fixed attention passes on what a few summary cells of each block have gathered.',
    section: '4.3',
    address:
      '/patterns?length=256&stride=16&cells=2&heads=1&layers=local.column&beside=ownBlock.summary&query=200&medium=picture&row=16',
    heading: 'Strided',
  },
  {
    title: 'Train a model of your own',
    words:
      'Choose a file, or the letters that Weft makes up, and a preset; a small model learns in minutes on this computer. Watch bits per byte fall below what gzip needs, or let dense, strided and fixed attention race.',
    section: '6',
    address: '/train',
  },
  {
    title: 'Let it write',
    words:
      'A model draws one byte at a time, each from all that came before. The cache keeps only the rows that its pattern will still look at.',
    section: '4',
    address: '/',
  },
  {
    title: 'Look inside',
    words:
      'A pattern says what a head may look at; training decides what it uses of that. The paper began by looking at such pictures of a dense model, and found most of them sparse.',
    section: '4.1',
    address: '/inspect',
  },
  {
    title: 'Measure what it saves',
    words:
      'Skipped work is really skipped, so the saving can be timed. Run dense, strided and fixed attention on your own GPU, and hold them against theory.',
    section: '5.5',
    address: '/benchmark',
    heading: 'Measure this computer',
  },
];
