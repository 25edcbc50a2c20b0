// Every size and both colour schemes, with content nobody would make up but repositories have.

import { expect, test } from "./support/fixtures.js";

const LONG = "averyveryverylongname".repeat(9);

/** A checkout with names and lines that want to be wider than any window. */
const UNWIELDY = {
  "README.md": `# ${LONG}\n\n${"word".repeat(120)}\n\n| a | b |\n|---|---|\n| ${LONG} | ${LONG} |\n`,
  [`src/${LONG}/${LONG}.js`]: "export {};\n",
  [`test/${LONG}.test.js`]: "",
  "package.json": JSON.stringify({ name: LONG, main: `src/${LONG}/${LONG}.js`, scripts: { start: `node src/${LONG}/${LONG}.js` } }),
};

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** A project that has been looked at and whose tests run. @param {any} fixtures */
async function busyProject({ server, checked, desk }) {
  const { path, checks } = checked(LONG, UNWIELDY);
  const { id } = await server.createProject(LONG, path, LONG);
  await desk.open(server, id);
  await desk.say("analyze the codebase");
  await expect(desk.messages).toHaveCount(3);
  await desk.say("run validation");
  await expect(desk.messages).toHaveCount(5);
  checks.say(LONG);
}

test.describe("on a laptop", () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`nothing is wider than the window, ${colorScheme}`, async ({ server, checked, page, desk }, testInfo) => {
      await page.emulateMedia({ colorScheme });
      await busyProject({ server, checked, desk });
      await expect(desk.verdict).toHaveText("running");
      await expect(desk.activity).toContainText(LONG);
      for (const width of [1280, 1024, 800]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await desk.tooWide(), `at ${width}`).toEqual([]);
      }
      await desk.show("All");
      await desk.openAll(desk.activity);
      expect(await desk.tooWide()).toEqual([]);
      const [red, green, blue] = await page.evaluate(() => (getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? []).map(Number));
      expect((red + green + blue) / 3 > 128).toBe(colorScheme === "light");
      await testInfo.attach(`${colorScheme}.png`, { body: await page.screenshot(), contentType: "image/png" });
    });
  }
});

test.describe("on a phone", () => {
  test.use(PHONE);

  test("three tabs show one pane each, and something running is marked", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    const tab = (/** @type {string} */ name) => page.getByRole("tab", { name });
    const panes = { Projects: desk.projects, Chat: desk.chat, Activity: desk.activity };
    const only = async (/** @type {string} */ name) => {
      for (const [one, pane] of Object.entries(panes)) await (one === name ? expect(pane).toBeVisible() : expect(pane).toBeHidden());
      await expect(tab(name)).toHaveAttribute("aria-selected", "true");
    };
    await only("Chat");
    await desk.composer.fill("run validation");
    await desk.chat.getByRole("button", { name: "Send" }).tap();
    await expect(tab("Activity").getByTitle("Something is running")).toBeVisible();
    await tab("Activity").tap();
    await only("Activity");
    await expect(desk.step("The checks begin")).toBeVisible();
    shop.checks.pass();
    await expect(desk.verdict).toHaveText("done");
    await expect(tab("Activity").getByTitle("Something is running")).toBeHidden();
    await tab("Projects").tap();
    await only("Projects");
    await desk.projects.getByRole("link", { name: "Web shop" }).tap();
    await only("Chat");
    await expect(desk.messages).toHaveCount(3);
  });

  test("nothing is wider than the screen and everything can be hit with a thumb", async ({ server, checked, page, desk }) => {
    await busyProject({ server, checked, desk });
    for (const name of ["Projects", "Chat", "Activity"]) {
      await page.getByRole("tab", { name }).tap();
      expect(await desk.tooWide(), name).toEqual([]);
      const small = await page.locator("button:visible, a.project:visible").evaluateAll((all) => all
        .filter((one) => !one.matches(".link, .step-line")).map((one) => ({ name: one.textContent, height: one.getBoundingClientRect().height }))
        .filter((one) => one.height < 34));
      expect(small, name).toEqual([]);
    }
    await desk.show("All");
    await desk.openAll(desk.activity);
    expect(await desk.tooWide()).toEqual([]);
    await page.getByRole("tab", { name: "Projects" }).tap();
    await desk.projects.getByRole("button", { name: "New project" }).tap();
    await expect(desk.dialog).toBeVisible();
    expect(await desk.tooWide()).toEqual([]);
    const box = await desk.dialog.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 390).toBe(true);
  });
});
