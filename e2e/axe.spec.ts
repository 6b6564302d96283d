// Every page in both themes, on a desktop and on a phone, has no accessibility fault that axe can find.
import AxeBuilder from '@axe-core/playwright';
import { expect, routes, test } from './test.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const route of routes) {
    test(`${route} in the ${colorScheme} theme`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(route);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' | ')}`,
      );
      expect(found).toEqual([]);
    });
  }
}
