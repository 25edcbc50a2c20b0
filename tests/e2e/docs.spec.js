// The page at /docs: what the API can do, to read and to try out. A violation of the content security policy fails any of
// these tests, as everything does that the browser complains about.

import { expect, test } from "./support/fixtures.js";

/** @param {import("@playwright/test").Page} page @param {string} id */
const operation = (page, id) => page.locator(`[id$="-${id}"]`);

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`the API's page says what there is, and looks as the rest does, ${colorScheme}`, async ({ server, page }, testInfo) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${server.url}/docs`);
    await expect(page.getByRole("heading", { name: /Project Manager/ })).toBeVisible();
    await operation(page, "create_project").getByRole("button").first().click();
    await expect(operation(page, "create_project")).toContainText("Asked again with the same");
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width}`).toBeLessThanOrEqual(width);
      await testInfo.attach(`${colorScheme}-${width}.png`, { body: await page.screenshot(), contentType: "image/png" });
    }
    const brightness = await page.evaluate(() => {
      const of = (/** @type {string} */ color) => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number).reduce((sum, part) => sum + part / 3, 0);
      const title = getComputedStyle(/** @type {Element} */ (document.querySelector(".info .title")));
      return { ground: of(getComputedStyle(document.body).backgroundColor), words: of(title.color) };
    });
    expect(brightness.ground > 128).toBe(colorScheme === "light");
    expect(brightness.words > 128).toBe(colorScheme === "dark");
  });
}

test("what is tried out on the API's page is done", async ({ server, page }) => {
  await page.goto(`${server.url}/docs`);
  const create = operation(page, "create_project");
  await create.getByRole("button").first().click();
  await create.locator("textarea").fill(JSON.stringify({ name: "Made on the page" }));
  await create.getByRole("button", { name: "Execute" }).click();
  await expect(create.locator(".live-responses-table .response .response-col_status")).toContainText("201");
  await expect(create.locator(".live-responses-table")).toContainText("Made on the page");
  await page.goto(server.url);
  await expect(page.getByText("Made on the page").first()).toBeVisible();
});

test("diagnostics lead to the API's page", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.pill.click();
  await page.getByRole("link", { name: "its API" }).click();
  await expect(page).toHaveURL(/\/docs$/);
});
