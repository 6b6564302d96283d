// The guided tour: by keyboard from start to end, back and out; what it marks on each page; remembered once seen.
import type { Page } from '@playwright/test';
import { STEPS } from '../src/app/tour/steps.ts';
import { expectNoFaults } from './accessible.ts';
import { withScript } from './scripted.ts';
import { expect, test } from './test.ts';

const card = (page: Page) => page.getByRole('dialog');
const pathOf = (address: string) => address.split('?')[0] ?? '';

// A reload on the Patterns page asks for it with its settings.
test.use({ expectedRequests: [/^GET http:\/\/localhost:\d+\/patterns\?/] });

test.beforeEach(async ({ page }) => {
  await withScript(page);
  await page.goto('/');
});

async function expectStep(page: Page, index: number): Promise<void> {
  const step = STEPS[index];
  if (!step) throw new Error(`there is no step ${index}`);
  await expect(card(page)).toHaveAccessibleName(step.title);
  await expect(card(page)).toContainText(`${index + 1} of ${STEPS.length}`);
  await expect(card(page)).toContainText(`§${step.section} of the paper`);
  await expect.poll(() => new URL(page.url()).pathname).toBe(pathOf(step.address));
  await expect(card(page).getByRole('heading')).toBeFocused();
}

test('leads by keyboard over the pages, there and back, and ends where it began', {
  tag: '@keyboard',
}, async ({ page }) => {
  const start = page.getByRole('banner').getByRole('button', { name: 'Take the tour' });
  await start.focus();
  await page.keyboard.press('Enter');
  for (const index of STEPS.keys()) {
    await expectStep(page, index);
    if (index < STEPS.length - 1) await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('ArrowRight');
  await expectStep(page, STEPS.length - 1);
  await page.keyboard.press('ArrowLeft');
  await expectStep(page, STEPS.length - 2);
  await page.keyboard.press('Escape');
  await expect(card(page)).toHaveCount(0);
  await expect(start).toBeFocused();
});

test('marks what it speaks of, in view and not below the card', async ({ page }) => {
  await page.getByRole('main').getByRole('button', { name: 'Take the tour' }).click();
  for (const [index, { heading }] of STEPS.entries()) {
    await expectStep(page, index);
    if (heading) {
      await expect(page.getByRole('main').getByRole('heading', { name: heading }).first()).toBeInViewport();
    }
    const ring = page.locator('[class*=ring]');
    await expect(ring).toBeVisible();
    await page.getByRole('button', { name: index < STEPS.length - 1 ? 'Next' : 'Done' }).click();
  }
  await expect(card(page)).toHaveCount(0);
});

test('shows a state of the Patterns page, and another while that is open', async ({ page }) => {
  await page.getByRole('main').getByRole('button', { name: 'Take the tour' }).click();
  await expect(page.getByRole('heading', { name: /^Dense/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(
    page.getByRole('heading', { name: /^The shortest path from position 52 back to 3/ }),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('textbox', { name: 'length' })).toHaveValue('256');
});

test('is offered in words until it was seen, also after a reload', {
  tag: '@keyboard',
}, async ({ page }) => {
  const button = page.getByRole('banner').getByRole('button', { name: 'Take the tour' });
  await expect(button.getByText('Take the tour')).toBeVisible();
  await button.click();
  await page.getByRole('button', { name: 'End the tour' }).click();
  await page.reload();
  await expect(button).toBeVisible();
  await expect(button.getByText('Take the tour')).toBeHidden();
});

test('has no faults and fits the width', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.getByRole('main').getByRole('button', { name: 'Take the tour' }).click();
  for (const index of STEPS.keys()) {
    await expectStep(page, index);
    const box = await card(page).boundingBox();
    const width = page.viewportSize()?.width ?? 0;
    expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    if (index % 3 === 0) {
      await expectNoFaults(page);
    }
    if (index < STEPS.length - 1) await page.getByRole('button', { name: 'Next' }).click();
  }
});
