// Takes the pictures in docs/images of the real program at work on a real checkout: `scripts/screenshots`.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, expect } from "@playwright/test";
import { CHROMIUM } from "./chromium.js";
import { makeCheckout } from "./checkout.js";
import { Demo } from "./demo.js";
import { Desk } from "./desk.js";
import { GitHub } from "./github.js";
import { Server } from "./server.js";
import { writeVision } from "./vision.js";

const IMAGES = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const LAPTOP = { viewport: { width: 1440, height: 960 }, deviceScaleFactor: 1, locale: "en-GB" };
const PHONE = { viewport: { width: 390, height: 800 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: "en-GB" };

/** A machine that is busy is slow, not wrong. */
const looks = expect.configure({ timeout: 60_000 });

/** Its checks fail. */
const WEBSITE = {
  "README.md": "# Company website\n\nPages about who we are and what we make.\n",
  "package.json": `${JSON.stringify({ name: "website", type: "module", scripts: { test: "node --test --test-reporter=spec" } }, null, 2)}\n`,
  "src/prices.js": "export const withTax = (net) => net * 1.9;\n",
  "test/prices.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { withTax } from "../src/prices.js";

test("a price without tax stays free", () => assert.equal(withTax(0), 0));
test("adds nineteen per cent", () => assert.equal(withTax(100), 119));
`,
};

/** What its owner answers when the project manager asks for the vision. */
const POTTERY = [
  "An online shop for handmade pottery", "People who like handmade cups and bowls", "They find us at markets only, four times a year",
  "They see what there is and order it from home", "A catalogue with pictures: must\nA basket: must\nA search: nice to have",
  "They look around, put a cup into the basket and order it", "Half of what we make is sold online within a year", "Selling for other potters",
];

/** What people have written about the tea shop: number, days since, title, labels. @type {[number, number, string, string[]][]} */
const ISSUES = [
  [31, 0.1, "The total is wrong when a voucher is used twice", ["bug"]], [28, 2, "Let people reorder what they ordered before", ["wish", "checkout"]],
  [27, 3, "Show how much of a tea is left", ["wish"]], [19, 11, "The confirmation mail names the wrong shop", ["bug", "mail"]], [12, 30, "Sort the catalogue by origin", []],
];
const DAY_MS = 86_400_000;

// A folder of a name that may be seen, and one that is not.
const projects = join(tmpdir(), "projects");
const hidden = mkdtempSync(join(tmpdir(), "pm-pictures-"));
mkdirSync(projects);
mkdirSync(IMAGES, { recursive: true });

const demo = new Demo(join(projects, "meadow-tea"), hidden);
// What npm is set to on this machine has nothing to say in a picture.
const settings = { npm_config_userconfig: join(hidden, "npmrc"), npm_config_update_notifier: "false" };
const github = await new GitHub().start();
github.has("meadow-tea/shop", { description: "An online shop for loose-leaf tea", private: true });
github.has("meadow-tea/tea-timer", { description: "Counts the minutes, and forgives those who forget" });
github.has("meadow-tea/stock", { description: "How much tea there is, and where", private: true });
github.has("mira/teapot", { description: "Answers 418", archived: true });
for (const [number, days, title, labels] of ISSUES) github.issue("meadow-tea/shop", number, title, { labels, at: new Date(Date.now() - days * DAY_MS).toISOString() });
const server = await new Server({ data: join(hidden, "data"), cwd: demo.path, settings: { ...settings, ...github.settings } }).start();
const browser = await chromium.launch(CHROMIUM);
try {
  await takeAll();
} finally {
  await browser.close();
  await server.stop();
  await github.stop();
  for (const folder of [projects, hidden]) rmSync(folder, { recursive: true });
}

async function takeAll() {
  const page = await browser.newPage({ ...LAPTOP, colorScheme: "light" });
  const desk = new Desk(page);
  await page.goto(server.url);
  await looks(desk.chat.getByRole("button", { name: "Use as first project" })).toBeVisible();
  await take(page, "empty.png");

  await server.createProject("Invoices", makeCheckout(join(projects, "invoices"), { "README.md": "# Invoices\n" }));
  const website = await server.createProject("Company website", makeCheckout(join(projects, "website"), WEBSITE));
  const pottery = await server.createProject("Pottery shop", makeCheckout(join(projects, "pottery"), { "README.md": "# Pottery shop\n" }));
  const { id } = await server.ask("POST", "/api/projects", { name: "Meadow Tea", workspace_path: demo.path, github_repo_url: github.url("meadow-tea/shop") });
  await desk.open(server, id);
  // The first visit's explanations are in the picture above.
  await page.getByRole("button", { name: "Got it" }).first().click();
  await desk.say("Analyze the codebase");
  await looks(desk.verdict).toHaveText("done");
  await looks(desk.messages).toHaveCount(3);
  await desk.say("Now run the checks");
  await looks(desk.activity).toContainText("names the order");
  await take(page, "light.png");
  await page.emulateMedia({ colorScheme: "dark" });
  await take(page, "dark.png");
  await page.emulateMedia({ colorScheme: "light" });
  const issues = desk.projects.getByRole("region", { name: "Issues" });
  await issues.getByRole("button", { name: /^Issues/ }).click();
  await issues.getByRole("button", { name: /voucher/ }).click();
  await looks(desk.composer).toHaveValue("fix issue 31");
  await take(page, "issues.png");
  await desk.composer.fill("");
  await desk.projects.getByRole("button", { name: "New project" }).click();
  await desk.dialog.getByRole("combobox", { name: "GitHub repository" }).pressSequentially("tea");
  await page.keyboard.press("ArrowDown");
  await looks(desk.dialog.getByRole("listbox").getByRole("option")).toHaveCount(4);
  await page.keyboard.press("ArrowDown");
  await take(page, "choose.png");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await issues.getByRole("button", { name: /^Issues/ }).click();

  const phone = await browser.newPage({ ...PHONE, colorScheme: "light" });
  const there = new Desk(phone);
  await there.open(server, id);
  await phone.getByRole("tab", { name: "Activity" }).tap();
  await phone.getByRole("button", { name: "Got it" }).tap();
  await looks(there.activity).toContainText("names the order");
  await take(phone, "phone.png");

  await desk.say("Then analyze the codebase again");
  await looks(desk.queue).toBeVisible();
  await take(page, "waiting.png");

  await desk.open(server, website.id);
  await desk.say("run the checks");
  await looks(desk.verdict).toHaveText("failed");
  await looks(desk.messages).toHaveCount(3);
  await take(page, "failed.png");

  await writeVision(server, pottery.id, POTTERY);
  await desk.open(server, pottery.id);
  await looks(page.getByRole("button", { name: "Approve", exact: true })).toBeVisible();
  await take(page, "gate.png");
  await there.open(server, pottery.id);
  await phone.getByRole("tab", { name: "Chat" }).tap();
  await looks(phone.getByRole("button", { name: "Approve", exact: true })).toBeVisible();
  await take(phone, "phone-gate.png");
  demo.finish();
}

/** @param {import("@playwright/test").Page} page @param {string} name */
async function take(page, name) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(IMAGES, name), animations: "disabled", caret: "hide" });
  console.log(`docs/images/${name}`);
}
