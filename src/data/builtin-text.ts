// A text that the page writes itself, so that a model can be trained without a file at hand: letters between
// the people of a village. A small grammar, but with things worth learning at every distance: spelling, sentences,
// sums that are right, a signature that repeats the sender, and an answer that goes back to whoever wrote last.

import { Dice } from './dice.ts';

/** Of random numbers: this text's own. */
const STREAM = 0x1e77;

const words = (list: string) => list.split(' ');
const people = words('Anna Tom Mira Jonas Edith Pavel Lena Hugo Clara Silas Ruth Emil Nora Felix Greta Otto');
const trades = words(
  'miller weaver baker doctor teacher smith shepherd tailor gardener carpenter clerk sailor',
);
const goods = words(
  'apples candles eggs ribbons loaves buttons pears needles baskets plums lamps spoons ropes',
);
const things = words(
  'boat cart clock loom chair lantern kettle coat fiddle gate mirror ladder bridge roof wheel',
);
const places = words(
  'market mill river school orchard station harbour chapel meadow forest square garden inn',
);
const qualities = words(
  'tall new red blue small heavy quiet broken fine narrow green bright plain crooked warm',
);
const verbs = words(
  'mended painted sold found lost bought borrowed carried built cleaned finished moved hid',
);
const manners = words('slowly gladly twice alone again early badly quickly today together at-last in-secret');
const animals = words('dog cat horse goat owl fox hen goose cow mouse');
const weathers = words('rain sun fog snow wind frost hail storms');
const months = words('January February March April May June July August September October November December');
const times = [
  'Today',
  'Yesterday',
  'On Sunday',
  'Last week',
  'At noon',
  'At dawn',
  'Before supper',
  'In May',
];
const numbers = words('no one two three four five six seven eight nine ten');
const feelings = words('glad sorry surprised proud certain afraid happy tired grateful curious');
const closings = ['Yours', 'With love', 'Your friend', 'As ever', 'In haste', 'Farewell'];
const beginnings = words('Oak Mill Stone Elm Fox Hare King Ash Brook Wind Rose Fern');
const endings = words('ham ton brook field ford wick dale ley');

/** A purchase whose total is right: the sum has to be worked out, not remembered. */
function purchase(dice: Dice): string {
  const count = 2 + dice.below(8);
  const price = 1 + dice.below(9);
  return `I bought ${numbers[count]} ${dice.of(goods)} at ${price}d each, ${count * price}d in all.`;
}

/** A thing with a quality, a person with a trade, a place: the nouns of the sentences. */
const noun = (dice: Dice) => `${dice.of(qualities)} ${dice.of(things)}`;
const person = (dice: Dice) => (dice.below(2) === 0 ? dice.of(people) : `the ${dice.of(trades)}`);
const place = (dice: Dice) =>
  dice.below(3) === 0 ? dice.of(beginnings) + dice.of(endings) : `the ${dice.of(places)}`;
const manner = (dice: Dice) => dice.of(manners).replace('-', ' ');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function sentence(dice: Dice, to: string): string {
  switch (dice.below(9)) {
    case 0:
      return purchase(dice);
    case 1:
      return `${dice.of(times)} I met ${person(dice)} at ${place(dice)}.`;
    case 2:
      return `We had ${dice.of(weathers)} for ${numbers[2 + dice.below(8)]} days, then ${dice.of(weathers)}.`;
    case 3:
      return `I am ${dice.of(feelings)} that ${person(dice)} ${dice.of(verbs)} the ${noun(dice)}.`;
    case 4: {
      const had = 5 + dice.below(6);
      const given = 1 + dice.below(3);
      return `I had ${numbers[had]} ${dice.of(goods)} and gave away ${numbers[given]}: ${numbers[had - given]} are left.`;
    }
    case 5:
      return `"${to}," said ${person(dice)}, "has ${dice.of(verbs)} the ${noun(dice)}."`;
    case 6:
      return `${capital(person(dice))} ${dice.of(verbs)} a ${noun(dice)} ${manner(dice)}.`;
    case 7:
      return `The ${dice.of(animals)} ran to ${place(dice)} and the ${dice.of(animals)} to ${place(dice)}.`;
    default:
      return `Shall we go to ${place(dice)} on the ${4 + dice.below(17)}th?`;
  }
}

function letter(dice: Dice, from: string, to: string, number: number): string {
  const lines = [
    `${number}. ${dice.of(beginnings)}${dice.of(endings)}, ${dice.of(months)} ${4 + dice.below(17)}th`,
    '',
    `Dear ${to},`,
  ];
  for (let paragraph = 0; paragraph < 1 + dice.below(2); paragraph++) {
    const sentences = Array.from({ length: 2 + dice.below(3) }, () => sentence(dice, to));
    lines.push(sentences.join(' '));
  }
  lines.push(`${dice.of(closings)}, ${from}`, '', '');
  return lines.join('\n');
}

/** Letters until `sizeBytes` are reached: the same text for the same seed, in plain ASCII. */
export function builtinText(sizeBytes = 200_000, seed = 1): string {
  const dice = new Dice(seed, STREAM);
  let text = '';
  for (let number = 1; text.length < sizeBytes; ) {
    let from = dice.of(people);
    let to = dice.of(people.filter((name) => name !== from));
    for (let answers = 2 + dice.below(4); answers > 0; answers--) {
      text += letter(dice, from, to, number++);
      [from, to] = [to, from];
    }
  }
  return text.slice(0, sizeBytes);
}

export const BUILTIN_NAME = 'village-letters.txt';

/** The built-in text as the file it would be, had someone chosen it. */
export function builtinFile(): File {
  return new File([builtinText()], BUILTIN_NAME, { type: 'text/plain' });
}
