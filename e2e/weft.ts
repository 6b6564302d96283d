// The page as a person uses it, so that a story reads like one. Everything is found by its role and its words.
import { expect, type JSHandle, type Locator, type Page } from '@playwright/test';

/** A text with something to learn in it, made for the test: small words in a fixed order that repeats. */
export function sampleText(sizeBytes: number): string {
  const words = ['the', 'cat', 'saw', 'a', 'dog', 'and', 'sat', 'on', 'its', 'red', 'mat', 'all', 'day'];
  let text = '';
  for (let i = 0; text.length < sizeBytes; i++) text += `${words[(i * i + 3 * i) % words.length]} `;
  return text.slice(0, sizeBytes);
}

export class Weft {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a page and waits for it and for the engine. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
    await this.engineReady();
  }

  /** Runs a line of code in the worker before its own; to be called before the page is opened. */
  async beforeWorker(line: string): Promise<void> {
    await this.page.route('**/engine.worker-*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${line}${await response.text()}` });
    });
  }

  async engineReady(): Promise<void> {
    await expect(this.page.getByRole('banner').getByRole('button', { name: /WebGPU/ })).toBeVisible({
      timeout: 60_000,
    });
  }

  /** Goes to another page without loading the site again. */
  async goTo(name: 'Generate' | 'Train' | 'Patterns' | 'Inspect' | 'Benchmark'): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name }).click();
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Chooses files of any kind with the file dialog's field. */
  async chooseFiles(...files: readonly { name: string; content: Buffer }[]): Promise<void> {
    await this.page
      .getByLabel(/Drop text, pictures or sound|drop something else/)
      .setInputFiles(files.map(({ name, content }) => ({ name, mimeType: '', buffer: content })));
  }

  /** Chooses a text with the file dialog's field. */
  async chooseText(name: string, content: string | Buffer): Promise<void> {
    const buffer = Buffer.from(content);
    await this.page.getByLabel(/Drop text, pictures or sound|drop something else/).setInputFiles({
      name,
      mimeType: 'text/plain',
      buffer,
    });
  }

  /** Drops a file, made in the page, anywhere on it. */
  async drop(file: JSHandle<File>): Promise<void> {
    await file.evaluate((file) => {
      const transfer = new DataTransfer();
      transfer.items.add(file);
      for (const type of ['dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true }));
      }
    });
  }

  async choosePreset(name: 'tiny' | 'small' | 'medium'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Preset' }).getByText(name, { exact: true }).click();
  }

  /** The tiny preset made tinier still, so that a processor takes many steps a second. */
  async chooseTiniest(): Promise<void> {
    await this.choosePreset('tiny');
    for (const [name, value] of [
      ['context', 32],
      ['layers', 1],
      ['batch', 2],
      ['steps', 100_000],
    ] as const) {
      await this.set(name, value);
    }
  }

  /** Types a number into a setting. */
  async set(name: string, value: number): Promise<void> {
    const field = this.page.getByRole('textbox', { name, exact: true });
    await field.fill(String(value));
    await field.press('Enter');
  }

  figure(words: string): Locator {
    return this.page.getByRole('definition').filter({
      has: this.page.locator(`xpath=preceding-sibling::dt[contains(normalize-space(.), '${words}')]`),
    });
  }

  /** A number of the run, as shown; `NaN` while there is none. */
  async number(words: string): Promise<number> {
    const shown = (await this.figure(words).textContent()) ?? '';
    return Number.parseFloat(shown.replaceAll(',', ''));
  }

  /** Waits until a number of the run is as wanted. */
  async until(words: string, wanted: (value: number) => boolean, timeout = 90_000): Promise<void> {
    await expect.poll(async () => wanted(await this.number(words)), { timeout, message: words }).toBe(true);
  }

  /** The text that the Generate page has written, once it is whole. */
  async written(): Promise<string> {
    const text = this.page.getByRole('region', { name: 'The text' });
    await expect(text).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
    return (await text.textContent()) ?? '';
  }
}
