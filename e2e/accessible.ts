// What axe must not find on any page, in any state, in either theme.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './test.ts';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The themes differ in their colours alone, and these are the rules that look at colours. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** Fails with each rule that is broken, and the elements that break it. */
export async function expectNoFaults(page: Page): Promise<void> {
  const faults: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // A script takes the theme over, a moment after the system has it.
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
    // Colours on their way from one theme to the other have the contrast of neither. What inherits such a colour, and is
    // itself told to change slowly, begins anew with each of its steps: so until nothing is on its way any more.
    await page.evaluate(async () => {
      for (;;) {
        const transitions = document.getAnimations().filter((each) => each instanceof CSSTransition);
        if (transitions.length === 0) break;
        await Promise.allSettled(transitions.map(({ finished }) => finished));
      }
    });
    const axe = new AxeBuilder({ page })
      // Looked for once, in the page itself: it has no frames. And what is in order need not be described.
      .setLegacyMode()
      .options({ resultTypes: ['violations'] });
    if (colorScheme === 'light') axe.withTags(standards);
    else axe.withRules(ofColours);
    for (const { id, nodes } of (await axe.analyze()).violations) {
      faults.push(`${id}, ${colorScheme}: ${nodes.map(({ html }) => html).join(' | ')}`);
    }
  }
  expect(faults).toEqual([]);
}
