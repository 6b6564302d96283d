// Text that a model wrote, shown as it is and only ever as text. Control characters, which have no picture of
// their own, appear as the signs that Unicode has for them, quietly.

import styles from './ByteText.module.css';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /([\x00-\x08\x0b-\x1f\x7f]+)/;

function picture(control: string): string {
  const sign = (code: number) => String.fromCodePoint(code === 0x7f ? 0x2421 : 0x2400 + code);
  return Array.from(control, (character) => sign(character.charCodeAt(0))).join('');
}

export function ByteText({ text }: { readonly text: string }) {
  // Splitting by a group puts what matched at the odd places.
  const parts = text
    .split(CONTROL)
    .map((part, index) => ({ key: `${index}`, part, control: index % 2 === 1 }));
  return (
    <bdi className={styles.text}>
      {parts.map(({ key, part, control }) =>
        control ? (
          <span key={key} className={styles.control}>
            {picture(part)}
          </span>
        ) : (
          part
        ),
      )}
    </bdi>
  );
}
