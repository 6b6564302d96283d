// With the keyboard alone: Tab leads to every control of a page, and each shows that it has been reached.
import type { Page } from '@playwright/test';
import { expect, routes, test } from './test.ts';

/** More than any page has. */
const MOST_CONTROLS = 200;

/** What has the focus, and whether a ring is drawn around it, or around what stands for it; null at the page's end. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body || element.dataset.reached)
      return null;
    element.dataset.reached = 'yes';
    const name = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
    const { parentElement, nextElementSibling } = element;
    const shown = [element, parentElement, parentElement?.parentElement, nextElementSibling].some((each) => {
      if (!each) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
    });
    const { top, bottom } = element.getBoundingClientRect();
    const inView = bottom > 0 && top < innerHeight;
    return { name: `${element.tagName} ${name.slice(0, 60)}`, shown, inView };
  });

/** Controls that Tab did not reach. Of a group of radio buttons one is reached, and the arrow keys lead on. */
const unreached = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex="0"]')]
      .filter((element) => element.tabIndex >= 0 && !element.matches(':disabled, [type="radio"]'))
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.dataset.reached)
      .map((element) => element.outerHTML.slice(0, 120)),
  );

for (const route of routes) {
  test(`${route} is reached by Tab, and shows where one is`, async ({ page }) => {
    await page.goto(route);
    await expect(page.getByText(/software adapter/).first()).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    let count = 0;
    for (; count < MOST_CONTROLS; count++) {
      await page.keyboard.press('Tab');
      const at = await focused(page);
      if (!at) break;
      expect(at).toEqual({ name: at.name, shown: true, inView: true });
    }
    expect(count).toBeGreaterThan(8);
    expect(count).toBeLessThan(MOST_CONTROLS);
    expect(await unreached(page)).toEqual([]);
  });
}

test('number keys open pages, until they are switched off', async ({ page }) => {
  await page.goto('/patterns');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('5');
  await expect(page).toHaveURL(/benchmark/);
  await page.getByRole('button', { name: /^Theme and number keys/ }).click();
  const choice = page.getByRole('menuitemcheckbox', { name: 'Keys 1 to 5 open pages' });
  await expect(choice).toBeChecked();
  await choice.click();
  await page.reload();
  const rail = page.getByRole('navigation', { name: 'Pages' });
  await expect(rail.getByRole('link', { name: 'Patterns' })).not.toHaveAttribute('aria-keyshortcuts');
  await page.keyboard.press('3');
  await page.getByRole('button', { name: /^Theme and number keys/ }).click();
  await expect(choice).not.toBeChecked();
  await expect(page).toHaveURL(/benchmark/);
});
