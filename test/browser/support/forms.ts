/** Fills the inspector's fields. */
import type { Page } from 'playwright-core';

const fieldOf = (page: Page, name: string) =>
  page.locator(`#side-panel input[aria-label="${name}"]`);

/** Sets a parameter with the pointer on its control. */
export async function fillParam(page: Page, name: string, value: unknown): Promise<void> {
  const field = fieldOf(page, name);
  if ((await field.getAttribute('aria-haspopup')) === 'listbox' && !Array.isArray(value)) {
    await field.click();
    await page.locator(`[role="option"][value="${value}"]:visible`).click();
    return;
  }
  await field.focus();
  await typeParam(page, name, value);
}

/** Sets the parameter whose field has the focus, with keys. */
export async function typeParam(page: Page, name: string, value: unknown): Promise<void> {
  const { keyboard } = page;
  const field = fieldOf(page, name);
  if (Array.isArray(value)) {
    const own = page.locator(`input[aria-label="${name}"]`);
    const pills = page.locator('#side-panel .mantine-TagsInput-root', { has: own });
    const count = await pills.locator('.mantine-Pill-root').count();
    for (let left = count; left > 0; left--) await keyboard.press('Backspace');
    await keyboard.insertText(value.join(','));
    await keyboard.press('Enter');
  } else if ((await field.getAttribute('aria-haspopup')) === 'listbox') {
    await keyboard.press('Enter');
    await chooseOption(page, String(value));
  } else {
    await keyboard.press('Control+A');
    await keyboard.insertText(String(value));
  }
}

/** Arrows to the option of an open list, then Enter. */
async function chooseOption(page: Page, value: string): Promise<void> {
  const options = page.locator('[role="option"]:visible');
  await options.first().waitFor();
  // Mantine notes the current option in a timer of its own; a key that comes before it would be forgotten.
  await page.evaluate('new Promise((resolve) => setTimeout(resolve))');
  for (let left = await options.count(); left > 0; left--) {
    await page.keyboard.press('ArrowDown');
    const active = page.locator('[role="option"][data-combobox-selected]:visible');
    if ((await active.getAttribute('value')) === value) break;
  }
  await page.keyboard.press('Enter');
  await options.first().waitFor({ state: 'hidden' });
}
