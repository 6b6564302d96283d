// The frame: every page opens by its address, by the keyboard and by its link, and fits the screen.
import { expect, routes, test } from './test.ts';

for (const route of routes) {
  test(`${route} opens by its address, with one heading, and fits the width`, async ({ page }) => {
    await page.goto(route);
    await expect(page).toHaveTitle(/Weft/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
}

test('number keys lead to the pages', { tag: '@keyboard' }, async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  for (const [index, route] of routes.entries()) {
    await page.keyboard.press(String(index + 1));
    await expect(page).toHaveURL(route);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('the links of the navigation lead to the pages', async ({ page }) => {
  await page.goto('/patterns');
  for (const name of ['Generate', 'Train', 'Patterns', 'Inspect', 'Benchmark']) {
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await expect(page.getByRole('navigation').getByRole('link', { name })).toHaveAttribute(
      'aria-current',
      'page',
    );
  }
});
