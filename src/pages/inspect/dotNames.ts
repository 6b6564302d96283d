// Where the names of dots stand: beside them, where they lie on no other dot and on no other name. A dot without room
// has no name; those that lie on each other share one.

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly name: string;
}

export interface DotName {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: 'start' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const DOT_RADIUS = 7;
const GAP = 4;
/** Of a letter of the chart's font. */
const [LETTER_WIDTH, LETTER_HEIGHT] = [6.4, 10];
/** Dots closer than this are one to the eye. */
const TOGETHER = 4;
const MOST_TOGETHER = 4;

const overlap = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const boxOfDot = ({ x, y }: Dot): Box => ({
  left: x - DOT_RADIUS,
  right: x + DOT_RADIUS,
  top: y - DOT_RADIUS,
  bottom: y + DOT_RADIUS,
});

const together = (a: Dot, b: Dot) => Math.abs(a.x - b.x) < TOGETHER && Math.abs(a.y - b.y) < TOGETHER;

/** The names by the place of their dot; `chosen` is always named, and by its own name alone. */
export function dotNames(
  dots: readonly Dot[],
  chosen: string,
  [from, to]: readonly [from: number, to: number],
): ReadonlyMap<number, DotName> {
  const names = new Map<number, DotName>();
  const taken: Box[] = [];
  const named = new Set<Dot>();
  const first = dots.findIndex(({ name }) => name === chosen);
  const order = [...dots.keys()].sort((a, b) => Number(b === first) - Number(a === first));
  for (const index of order) {
    const dot = dots[index];
    if (!dot || named.has(dot)) continue;
    const group = index === first ? [dot] : dots.filter((other) => !named.has(other) && together(dot, other));
    const text =
      group.length > MOST_TOGETHER ? `${group.length} heads` : group.map(({ name }) => name).join(', ');
    const others = dots.filter((other) => !together(dot, other)).map(boxOfDot);
    const places = placesBeside(dot, text).filter(({ box }) => box.left >= from && box.right <= to);
    const free = places.find(({ box }) => ![...taken, ...others].some((other) => overlap(box, other)));
    const place = free ?? (index === first ? places[0] : undefined);
    if (!place) continue;
    names.set(index, place.name);
    taken.push(place.box);
    for (const each of group) named.add(each);
  }
  return names;
}

/** To the right of the dot, and to its left. */
function placesBeside({ x, y }: Dot, text: string): { readonly name: DotName; readonly box: Box }[] {
  const width = text.length * LETTER_WIDTH;
  const rows = { top: y - LETTER_HEIGHT / 2, bottom: y + LETTER_HEIGHT / 2 };
  const [right, left] = [x + DOT_RADIUS + GAP, x - DOT_RADIUS - GAP];
  return [
    {
      name: { x: right, y: y + 4, text, anchor: 'start' },
      box: { left: right, right: right + width, ...rows },
    },
    { name: { x: left, y: y + 4, text, anchor: 'end' }, box: { left: left - width, right: left, ...rows } },
  ];
}
